// Starts the browser program. What was typed, ticked or chosen while it was loading is put back afterwards, with the events that tell the
// program of it: making the page interactive gives every control the value the server rendered.
import init, { hydrate } from '%JS%';

const isTicked = (control) => control.type === 'checkbox' || control.type === 'radio';
const chosenAtFirst = (select) => Math.max(0, [...select.options].findLastIndex((option) => option.defaultSelected));
const isChanged = (control) => {
  if (control.type === 'hidden' || control.type === 'file') return false;
  if (isTicked(control)) return control.checked !== control.defaultChecked;
  if (control instanceof HTMLSelectElement) return control.selectedIndex !== chosenAtFirst(control);
  return control.value !== control.defaultValue;
};

init({ module_or_path: '%WASM%' }).then(() => {
  const changed = [...document.querySelectorAll('input, textarea, select')].filter(isChanged);
  const kept = changed.map((control) => [control, isTicked(control) ? control.checked : control.value]);
  hydrate();
  setTimeout(() => {
    for (const [control, value] of kept) {
      control[isTicked(control) ? 'checked' : 'value'] = value;
      for (const kind of ['input', 'change']) control.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  });
});

// The detector is a program of its own, loaded when it is first asked; asked again after it could not be loaded, it is loaded again.
let detector;
const loadDetector = async () => {
  const lab = await import('%LAB_JS%');
  await lab.default({ module_or_path: '%LAB_WASM%' });
  return lab;
};
window.askDetector = async (question) => {
  detector ??= loadDetector();
  try {
    return (await detector).classify(question);
  } catch (error) {
    detector = undefined;
    throw error;
  }
};
