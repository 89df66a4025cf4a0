/** Copies the third-party files the pages serve out of node_modules into the git-ignored static/vendor/:
 *  the wasm build of onnxruntime-web and one sprite with the icons of the commands (app/core/commands.js) and those named in
 *  icons.json.
 *
 *  A second run finds everything in place and writes nothing: the runtime is known by its version stamp. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandRows } from './app/core/commands.js';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, 'node_modules');

/** The wasm build, and the WebGPU build that only browsers with a GPU ever fetch. The .mjs and .wasm of a pair must come
 *  from one version: a mixed pair fails at start. */
const ORT_FILES = [
  'ort.wasm.min.mjs',
  'ort-wasm-simd-threaded.mjs',
  'ort-wasm-simd-threaded.wasm',
  'ort.webgpu.min.mjs',
  'ort-wasm-simd-threaded.asyncify.mjs',
  'ort-wasm-simd-threaded.asyncify.wasm',
];

/** Ends with a sentence instead of a stack trace. @param {string} sentence @returns {never} */
function stop(sentence) {
  console.error(`vendor: ${sentence}`);
  process.exit(1);
}

/** @param {string} name @returns {string} */
function versionOf(name) {
  const file = join(modules, name, 'package.json');
  if (!existsSync(file)) stop(`${name} is not installed. Run "npm ci" in static/ first.`);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

/** Writes only what differs, so that file times (and the web server's caches) stay. @param {string} file @param {string} text */
function writeIfChanged(file, text) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return false;
  writeFileSync(file, text);
  return true;
}

/** @returns {boolean} whether anything was copied */
function copyRuntime() {
  const source = join(modules, 'onnxruntime-web', 'dist');
  const target = join(here, 'vendor', 'ort');
  const version = versionOf('onnxruntime-web');
  const stamp = join(target, 'VERSION');
  mkdirSync(target, { recursive: true });
  const fresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === version;
  const missing = ORT_FILES.filter((name) => !fresh || !existsSync(join(target, name)));
  for (const name of missing) copyRuntimeFile(join(source, name), join(target, name));
  writeIfChanged(stamp, version);
  return missing.length > 0;
}

/** Source maps are not served, and a reference to a missing one stops collectstatic's rewriting.
 *  @param {string} from @param {string} to */
function copyRuntimeFile(from, to) {
  if (!from.endsWith('.mjs')) return copyFileSync(from, to);
  writeFileSync(to, readFileSync(from, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, ''));
}

/** One <symbol> an icon, drawn with the stroke settings of the .icon class. @param {string} name @returns {string} */
function symbolOf(name) {
  const file = join(modules, 'lucide-static', 'icons', `${name}.svg`);
  if (!existsSync(file))
    stop(
      `icons.json or app/core/commands.js names "${name}", which lucide-static ${versionOf('lucide-static')} does not have.`,
    );
  const body = readFileSync(file, 'utf8')
    .replace(/^[\s\S]*?<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '');
  return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s*\n\s*/g, '')}</symbol>`;
}

/** @returns {boolean} whether the sprite changed */
function buildSprite() {
  const others = JSON.parse(readFileSync(join(here, 'icons.json'), 'utf8'));
  const names = [...new Set([...commandRows().map(({ icon }) => icon), ...others])].sort();
  const notice = `<!-- Lucide ${versionOf('lucide-static')}, ISC licence: see LICENSE beside this file -->`;
  const target = join(here, 'vendor', 'icons');
  mkdirSync(target, { recursive: true });
  copyFileSync(join(modules, 'lucide-static', 'LICENSE'), join(target, 'LICENSE'));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg">${notice}\n${names.map(symbolOf).join('\n')}\n</svg>\n`;
  return writeIfChanged(join(target, 'sprite.svg'), svg);
}

const changed = [copyRuntime() && 'onnxruntime-web', buildSprite() && 'icons'].filter(Boolean);
console.log(changed.length ? `vendor: copied ${changed.join(' and ')}.` : 'vendor: everything is in place.');
