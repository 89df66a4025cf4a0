/** A detector's files → what the server needs to make masks of its boxes. */

const FIELDS = ['bbox', 'score', 'image_id', 'file_name', 'category_id', 'category'];

/** What a request needs of the chosen files: one holds the results, or a whole COCO file; another may hold the images
 *  and categories that its numbers mean. @param {{ name: string, text: string }[]} files */
export function joined(files) {
  /** @type {{ results: unknown[], images?: unknown[], categories?: unknown[] }} */
  const body = { results: [] };
  for (const { name, text } of files) {
    const data = parsed(name, text);
    if (Array.isArray(data)) body.results = data;
    else {
      if (Array.isArray(data.images)) body.images = data.images;
      if (Array.isArray(data.categories)) body.categories = data.categories;
      const boxes = data.results ?? (files.length === 1 ? data.annotations : null);
      if (Array.isArray(boxes)) body.results = boxes;
    }
  }
  if (!body.results.length)
    throw new Error('No boxes are in there. A list of COCO results is needed, or a COCO file with “annotations”.');
  return { ...body, results: body.results.map(sent) };
}

/** Without the masks that a COCO file has already: the server reads none, and they weigh much. @param {unknown} result */
function sent(result) {
  return result && typeof result === 'object'
    ? Object.fromEntries(Object.entries(result).filter(([key]) => FIELDS.includes(key)))
    : result;
}

/** @param {string} name @param {string} text @returns {any} */
function parsed(name, text) {
  try {
    const data = JSON.parse(text);
    if (data && typeof data === 'object') return data;
  } catch {
    // The sentence is the same.
  }
  throw new Error(`“${name}” holds no JSON list or object.`);
}
