// The page works without this: it sends the page's own forms in the background and keeps the conversation fresh.
const phone = document.querySelector(".phone");
const messages = phone.querySelector(".messages");
const notice = phone.querySelector(".notice");
const offers = phone.querySelector("[data-offers]");
const menu = phone.querySelector(".menu");
const composer = phone.querySelector(".composer textarea");
const standingNotice = notice.textContent;

let version = phone.dataset.version;
let refreshing = null;

const toEnd = () => { messages.scrollTop = messages.scrollHeight; };

function localTimes(root) {
  for (const time of root.querySelectorAll("time")) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  }
}

// Brings the list up to date, touching only what differs, so that focus stays and only news is announced.
function show(html) {
  const atEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80;
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  localTimes(fresh.content);
  const old = new Map([...messages.children].map((item) => [item.dataset.id, item]));
  let grew = false;
  for (const item of [...fresh.content.children]) {
    const before = old.get(item.dataset.id);
    old.delete(item.dataset.id);
    if (!before) {
      messages.append(item);
      grew = true;
    } else {
      const [was, is] = [before.querySelector(".meta"), item.querySelector(".meta")];
      if (was && is && was.innerHTML !== is.innerHTML) was.replaceWith(is);
      if (before.querySelector("form") && !item.querySelector("form")) before.replaceWith(item);
    }
  }
  for (const gone of old.values()) gone.remove();
  if (grew && atEnd) toEnd();
}

async function load() {
  const answer = await fetch(`${phone.dataset.source}&since=${version}`);
  if (answer.status !== 200) return;
  const html = await answer.text();
  version = answer.headers.get("x-version");
  const stopped = answer.headers.get("x-offers-stopped");
  offers.setAttribute("aria-checked", stopped);
  offers.form.elements.act.value = stopped === "true" ? "resume" : "stop";
  show(html);
}

function refresh() {
  refreshing ??= load().then(
    () => { if (notice.dataset.lost) { delete notice.dataset.lost; notice.textContent = standingNotice; } },
    () => { notice.dataset.lost = "true"; notice.textContent = "The emulator does not answer. Trying again."; },
  ).finally(() => { refreshing = null; });
  return refreshing;
}

phone.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("act" in form.dataset)) return;
  event.preventDefault();
  const data = new URLSearchParams(new FormData(form));
  const writing = form.contains(composer);
  if (writing) {
    if (!composer.value.trim()) return;
    composer.value = "";
    composer.focus();
  }
  form.closest(".list")?.removeAttribute("open");
  toEnd();
  try {
    const sending = fetch(form.getAttribute("action"), {
      method: "POST",
      headers: { "x-requested-with": "fetch" },
      body: data,
    });
    // The bubble shows before the business has answered.
    setTimeout(refresh, 60);
    const answer = await sending;
    notice.textContent = answer.ok ? standingNotice : await answer.text();
  } catch {
    if (writing) composer.value = data.get("text");
    notice.textContent = "Not sent: the emulator does not answer.";
  }
  await refresh();
});

composer.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer.form.requestSubmit();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  if (menu.open && !menu.contains(event.target)) menu.open = false;
});

localTimes(messages);
toEnd();
setInterval(() => { if (!document.hidden) refresh(); }, 800);
