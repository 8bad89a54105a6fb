// The Node part of `cargo xtask`'s site pipeline:
//   node site.mjs style MAIN.css OUTPUT.css   joins a style sheet with all it imports and minifies it
//   node site.mjs compress DIRECTORY          puts a .br and a .gz next to every file that gets smaller by it

import { readFile, readdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

// The first versions that know nesting and light-dark(), so that both stay as they are written.
const version = (major, minor = 0) => (major << 16) | (minor << 8);
const browsers = { chrome: version(123), firefox: version(120), safari: version(17, 5) };

const alreadyCompressed = new Set([".woff2", ".png", ".jpg", ".webp", ".avif"]);

async function style(main, output) {
  const { bundle } = await import("lightningcss");
  const { code, warnings } = bundle({ filename: main, minify: true, targets: browsers });
  for (const { message, loc } of warnings) {
    console.error(`${loc?.filename ?? main}:${loc?.line ?? 0}: ${message}`);
  }
  if (warnings.length > 0) {
    throw new Error("the style sheet has warnings");
  }
  await writeFile(output, code);
}

async function compress(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !alreadyCompressed.has(extname(entry.name)));
  await Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      const content = await readFile(path);
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
      const variants = {
        br: await promisify(brotliCompress)(content, { params }),
        gz: await promisify(gzip)(content, { level: 9 }),
      };
      for (const [extension, variant] of Object.entries(variants)) {
        if (variant.length < content.length) {
          await writeFile(`${path}.${extension}`, variant);
        }
      }
    }),
  );
}

const [command, ...paths] = process.argv.slice(2);
try {
  await { style, compress }[command](...paths);
} catch (error) {
  const place = error.fileName ? `${error.fileName}:${error.loc?.line}:${error.loc?.column}: ` : "";
  console.error(`${command}: ${place}${error.message}`);
  process.exitCode = 1;
}
