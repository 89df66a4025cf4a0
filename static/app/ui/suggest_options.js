/** The triage bar: which suggestion is chosen, what to do with it, and all above a slider. */

/** @import { Editor } from '../editor.js' */
import { SuggestTool } from '../tools/suggest.js';
import { h, icon, iconButton } from './dom.js';

/** @param {Editor} editor @returns {Node[]} */
export function suggestOptions(editor) {
  const tool = editor.tools.armed;
  if (!(tool instanceof SuggestTool) || editor.image.phase !== 'ready') return [];
  const { list } = editor.suggestions;
  const search = searchButtons(editor);
  if (list.length === 0 && editor.session.state.searching !== null) return search;
  if (list.length === 0) {
    const { covered } = editor.suggestions;
    const text = covered > 0 ? `Nothing left to judge · ${covered} covered by objects` : 'No suggestions on this photo';
    return [h('span', { class: 'options-hint' }, icon('bot'), text), ...search];
  }
  return [
    ...chosen(editor, tool),
    h('span', { class: 'options-divider' }),
    ...confident(editor, tool),
    h('span', { class: 'options-divider' }),
    ...search,
  ];
}

/** @param {Editor} editor @param {SuggestTool} tool */
function chosen(editor, tool) {
  const { suggestions } = editor;
  const { list, current, picked } = suggestions;
  const at = list.findIndex(({ id }) => id === current?.id) + 1;
  const label = editor.labels.find(({ id }) => id === editor.session.state.label);
  const together = new Set([...picked, ...(current ? [current.id] : [])]).size;
  const merging = together > 1 ? `Merge ${together}` : 'Accept';
  return [
    iconButton('chevron-left', 'Previous suggestion (Shift+Tab)', () => {
      tool.cycle(-1);
    }),
    h(
      'span',
      { class: 'options-state', role: 'status' },
      `${at} / ${list.length}${current ? ` · ${current.predicted_iou.toFixed(2)}` : ''}`,
    ),
    iconButton('chevron-right', 'Next suggestion (Tab)', () => {
      tool.cycle(1);
    }),
    h(
      'button',
      {
        type: 'button',
        class: 'button button-primary button-small',
        disabled: !current || !editor.canEdit,
        'aria-busy': String(suggestions.busy),
        title: `${merging} as ${label?.name ?? 'an object without label'} (A)`,
        onclick: () => tool.accept(),
      },
      icon('check'),
      label ? `${merging} ${label.name}` : merging,
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'button button-small',
        disabled: !current || !editor.canEdit,
        title: 'Reject (X)',
        onclick: () => tool.reject(),
      },
      icon('x'),
      'Reject',
    ),
    ...proposal(editor, tool),
    iconButton('arrow-up', 'The whole it belongs to (Arrow up)', () => tool.walk('whole')),
    iconButton('arrow-down', 'Its best part (Arrow down)', () => tool.walk('part')),
    iconButton('wand-sparkles', 'Accept and edit with clicks (Shift+Q)', () => tool.edit()),
  ];
}

/** @param {Editor} editor @param {SuggestTool} tool */
function proposal(editor, tool) {
  const proposed = editor.suggestions.current?.proposal;
  const label = editor.labels.find(({ id }) => id === proposed?.label);
  if (!proposed || !label) return [];
  return [
    h(
      'button',
      {
        type: 'button',
        class: 'button button-small',
        disabled: !editor.canEdit,
        title: 'Accept with the label that similar objects have (.)',
        onclick: () => tool.acceptProposed(),
      },
      icon('tag'),
      `${label.name}? ${Math.round(proposed.probability * 100)} %`,
    ),
  ];
}

/** @param {Editor} editor @param {SuggestTool} tool */
function confident(editor, tool) {
  const { suggestions } = editor;
  const input = h('input', {
    type: 'range',
    min: 0.3,
    max: 1,
    step: 0.01,
    value: suggestions.threshold,
    'aria-label': 'Confident from',
    oninput: () => suggestions.setThreshold(input.valueAsNumber),
  });
  return [
    h(
      'label',
      { title: 'Predicted quality from which a suggestion counts as confident' },
      'From',
      input,
      h('output', {}, suggestions.threshold.toFixed(2)),
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'button button-small',
        disabled: !editor.canEdit || suggestions.confident().length === 0,
        title: 'Accept all confident ones (Shift+A)',
        onclick: () => tool.acceptConfident(),
      },
      icon('check-check'),
      `Accept ${suggestions.confident().length}`,
    ),
  ];
}

/** @param {Editor} editor */
function searchButtons(editor) {
  const { searching } = editor.session.state;
  if (searching !== null) {
    return [
      h(
        'span',
        { class: 'options-state', role: 'status' },
        icon('loader-circle', 'icon spinner'),
        `Searching ${Math.round(searching * 100)} %`,
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'button button-small',
          title: 'Stop the search; what it has found stays',
          onclick: () => editor.run('suggest.stop'),
        },
        'Stop',
      ),
    ];
  }
  if (!editor.canEdit) return [];
  return [
    h(
      'button',
      {
        type: 'button',
        class: 'button button-small',
        title: 'Search the photo for everything (Shift+Y)',
        onclick: () => editor.run('suggest.search'),
      },
      icon('sparkles'),
      'Search',
    ),
    iconButton('scan', 'Search only the part in sight (or drag a rectangle to search that)', () =>
      editor.run('suggest.searchRegion'),
    ),
  ];
}
