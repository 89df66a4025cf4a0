/** The toolbar and the panel that narrow and sort the grid, and the filters that a project keeps under a name. */
/** @import { SavedFilter } from '../api/schema.d.ts' */
/** @import {Wish} from './image_wish.js' */
import { find, h, pageData } from './dom.js';
import { onSubmit } from './forms.js';
import { client } from './http.js';
import { alike, asQuery, IN_PANEL, trimmed } from './image_wish.js';
import { toast, toastError } from './toast.js';

/**
 * @param {string} project
 * @param {{ wish: Wish, show: (wish: Wish) => Promise<void> }} grid
 */
export function createImageFilters(project, grid) {
  const search = find('[data-search]', HTMLInputElement);
  const panel = find('[data-panel]', HTMLFormElement);
  const toggle = find('[data-filters]', HTMLButtonElement);
  const badge = find('[data-filter-count]', HTMLElement);
  const sort = find('[data-sort]', HTMLSelectElement);
  const buttons = [...document.querySelectorAll('button[data-state], button[data-review]')];

  /** @returns {Wish} */
  function asked() {
    const pressed = buttons.find((button) => button.getAttribute('aria-pressed') === 'true');
    return trimmed({
      search: search.value.trim(),
      state: pressed?.getAttribute('data-state') ?? '',
      review: pressed?.getAttribute('data-review') ?? '',
      ...Object.fromEntries([...new FormData(panel)].map(([name, value]) => [name, String(value)])),
      sort: sort.value,
    });
  }

  function apply() {
    if (!panel.checkValidity()) return;
    const wish = asked();
    const query = asQuery(wish);
    history.replaceState(null, '', query ? `?${query}` : location.pathname);
    const inside = IN_PANEL.filter((name) => wish[name]).length;
    badge.textContent = String(inside);
    badge.hidden = inside === 0;
    document.querySelector('[data-only]')?.toggleAttribute('hidden', !wish.only);
    kept.follow(wish);
    grid.show(wish).catch(toastError);
  }

  /** @param {Element | undefined} wanted */
  function press(wanted) {
    for (const button of buttons) button.setAttribute('aria-pressed', String(button === wanted));
  }

  /** Puts a whole wish into the fields. @param {Wish} wish */
  function fill(wish) {
    search.value = wish.search ?? '';
    sort.value = wish.sort ?? 'name';
    press(
      buttons.find(
        (button) =>
          (Boolean(wish.state) && button.getAttribute('data-state') === wish.state) ||
          (Boolean(wish.review) && button.getAttribute('data-review') === wish.review),
      ) ?? buttons[0],
    );
    for (const field of panel.elements)
      if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = wish[field.name] ?? '';
    if (IN_PANEL.some((name) => wish[name])) open(true);
    apply();
  }

  /** @param {boolean} shown */
  function open(shown) {
    panel.hidden = !shown;
    toggle.setAttribute('aria-expanded', String(shown));
  }

  const kept = createKept(project, asked, fill);
  kept.follow(asked());
  for (const button of buttons)
    button.addEventListener('click', () => {
      press(button);
      apply();
    });
  toggle.addEventListener('click', () => open(panel.hidden === true));
  let timer = 0;
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(apply, 200);
  });
  sort.addEventListener('change', apply);
  panel.addEventListener('change', apply);
  panel.addEventListener('submit', (event) => {
    event.preventDefault();
    apply();
  });
  for (const clear of document.querySelectorAll('[data-clear-filter]'))
    clear.addEventListener('click', () => fill({ sort: sort.value }));
}

/**
 * @param {string} project @param {() => Wish} asked @param {(wish: Wish) => void} fill
 */
function createKept(project, asked, fill) {
  const select = find('[data-kept]', HTMLSelectElement);
  const forget = document.querySelector('[data-forget]');
  /** @type {Map<string, SavedFilter>} */
  const rows = new Map(pageData('kept-filters-data').map((/** @type {SavedFilter} */ row) => [row.id, row]));
  /** @param {SavedFilter} row @returns {Wish} */
  const wishOf = ({ query }) => Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));

  /** Shows the name of what is asked for, where it has one. @param {Wish} wish */
  function follow(wish) {
    select.value = [...rows.values()].find((row) => alike(wishOf(row), wish))?.id ?? '';
    select.hidden = rows.size === 0;
    forget?.toggleAttribute('hidden', !select.value);
  }

  /** @param {string} name @param {Wish} query */
  async function keep(name, query) {
    const row = await client.post(`projects/${project}/filters/`, { name, query });
    rows.set(row.id, row);
    select.append(h('option', { value: row.id }, row.name));
    follow(asked());
  }

  select.addEventListener('change', () => {
    const row = rows.get(select.value);
    if (row) fill(wishOf(row));
  });
  forget?.addEventListener('click', async () => {
    const row = rows.get(select.value);
    if (!row) return;
    try {
      await client.del(`filters/${row.id}/`);
    } catch (error) {
      return toastError(error);
    }
    rows.delete(row.id);
    select.selectedOptions[0]?.remove();
    follow(asked());
    toast(`The saved filter “${row.name}” is deleted.`, {
      action: { label: 'Undo', run: () => void keep(row.name, wishOf(row)).catch(toastError) },
    });
  });
  const form = document.querySelector('[data-save-filter]');
  if (form instanceof HTMLFormElement)
    onSubmit(form, async ({ name = '' }) => {
      await keep(name, asked());
      form.closest('dialog')?.close();
      form.reset();
      toast(`The filter is saved as “${name}”.`, { kind: 'positive' });
    });
  return { follow };
}
