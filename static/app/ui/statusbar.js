/** The status line: always true, never in the way. */

/** @import { Point } from '../core/geometry.js' */
/** @import { Editor } from '../editor.js' */
/** @import { DecoderStatus } from '../types.js' */
import { previewPaused } from '../tools/hover.js';
import { insideImage } from '../view/viewport.js';
import { h, icon, setText } from './dom.js';

/**
 * @param {Editor} editor
 * @param {{ retry(): void }} actions
 */
export function createStatusbar(editor, { retry }) {
  const zoom = h('span', { class: 'status-zoom', title: 'Zoom: CSS pixels per image pixel' });
  const cursor = h('span', { class: 'status-cursor' });
  const decoder = h('span', { class: 'status-decoder truncate' });
  const model = h('span', { class: 'status-model truncate', title: 'Model version' });
  const embedding = h('span', { class: 'status-embedding', role: 'status' });
  const size = h('span', { class: 'status-size' });
  const element = h(
    'footer',
    { class: 'statusbar' },
    zoom,
    cursor,
    size,
    h('span', { class: 'grow' }),
    decoder,
    model,
    embedding,
  );

  const showZoom = () => setText(zoom, `${Math.round(editor.stage.viewport.scale * 100)} %`);

  function showDecoder() {
    const { status } = editor.decoder;
    const { backend, threads, message, state, gpu } = status;
    setText(
      decoder,
      backend
        ? `${backend} ×${threads}${gpu ? ` (${gpu.short})` : ''} · ${editor.stage.candidate.renderer} · ${decodeTimes(status)}${previewPaused(status) ? ' · too slow for the preview' : ''}`
        : message || state,
    );
    decoder.title =
      message ||
      "Decoder: backend, threads, how masks are drawn (2D: by the processor; WebGL2: by the graphics card), last click, 95th percentile; fast: with the photo's part done ahead; plain: without that";
    if (gpu) decoder.title += `. ${gpu.detail}`;
    setText(model, editor.config.model ? modelName(editor.config.model) : '');
    showEmbedding();
  }

  function showEmbedding() {
    const { text, detail, iconName, kind, canRetry } = readiness(editor);
    embedding.className = `status-embedding status-${kind}`;
    embedding.title = detail || "State of the photo's embedding";
    embedding.replaceChildren(
      icon(iconName, kind === 'busy' ? 'icon spinner' : 'icon'),
      text,
      ...(canRetry ? [h('button', { type: 'button', class: 'link-button', onclick: retry }, 'retry')] : []),
    );
  }

  function showImage() {
    const { info } = editor.image;
    setText(size, info ? `${info.width} × ${info.height}` : '');
    showEmbedding();
  }

  editor.stage.onMove(showZoom);
  editor.decoder.onStatus(showDecoder);
  editor.stage.candidate.onRenderer(showDecoder);
  editor.image.on(showImage);
  showZoom();
  showDecoder();
  showImage();
  return {
    element,
    /** @param {Point | null} point in image pixels */
    showCursor(point) {
      const inside = point && insideImage(editor.stage.viewport, point);
      setText(cursor, inside ? `x ${Math.floor(point.x)} y ${Math.floor(point.y)}` : 'x – y –');
    },
  };
}

/** @param {DecoderStatus} status */
function decodeTimes({ last, p95, path, plainMs, correction }) {
  if (last === null) return 'no click yet';
  const click = `click ${Math.round(last)} ms (p95 ${Math.round(p95 ?? last)})${correction ? ` · correction ${Math.round(correction)} ms` : ''}`;
  if (!plainMs) return click;
  return path === 'fast' ? `fast ${click} · plain ${Math.round(plainMs)} ms` : `plain ${click}`;
}

/** @param {{ name: string, version: string }} model */
function modelName({ name, version }) {
  return `${name} ${version}`;
}

/** Whether clicks can become masks, in words. @param {Editor} editor */
export function readiness(editor) {
  const { state, message } = editor.decoder.status;
  if (!editor.config.model) return { text: 'no model', detail: '', iconName: 'ban', kind: 'error', canRetry: false };
  switch (state) {
    case 'ready':
      return {
        text: editor.decoder.frame?.region ? 'ready · full resolution here' : 'ready',
        detail: message,
        iconName: 'check',
        kind: 'ok',
        canRetry: false,
      };
    case 'waiting':
      return { text: 'preparing…', detail: message, iconName: 'loader-circle', kind: 'busy', canRetry: false };
    case 'failed':
      return { text: 'failed', detail: message, iconName: 'circle-alert', kind: 'error', canRetry: true };
    default:
      return { text: 'loading…', detail: '', iconName: 'loader-circle', kind: 'busy', canRetry: false };
  }
}
