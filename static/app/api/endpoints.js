/** The API's endpoints the editor uses, by name and type. */
/** @import { Annotation, BulkOperation, BulkResult, ImageIndexEntry, ImageInfo, ModelInfo, Run, SuggestionList, Uuid } from '../types.js' */
/** @import { Client } from './client.js' */

/** A row as the change feed gives it: a deleted object is only named.
 *  @typedef {Annotation | { id: Uuid, deleted: true, revision: number, seq: number }} FeedRow */
/** @typedef {{ user: Uuid, name: string, client: string }} Present */

/** @typedef {ReturnType<typeof createEndpoints>} Endpoints */

/** @param {Client} client */
export function createEndpoints(client) {
  return {
    /** @param {Uuid} id @returns {Promise<ImageInfo>} */
    image: (id) => client.get(`images/${id}/`),
    /** @param {Uuid} id @param {ImageInfo['state']} state @returns {Promise<ImageInfo>} */
    setImageState: (id, state) => client.patch(`images/${id}/`, { state }),
    /** All images of a project, compact and in order. @param {Uuid} project @returns {Promise<{ results: ImageIndexEntry[] }>} */
    imageIndex: (project) => client.get(`projects/${project}/images/index/`),
    /** Asks for an embedding; of a region [x, y, w, h] if given. @param {Uuid} id @param {[number, number, number, number]} [region] @returns {Promise<Run>} */
    embed: (id, region) => client.post(`images/${id}/embed/`, region ? { region } : {}),
    /** Live objects, or with `since` what changed after that count. @param {Uuid} image @param {number} [since]
     *  @returns {Promise<{ results: FeedRow[], seq: number }>} */
    annotations: (image, since) => client.get(`images/${image}/annotations/${since === undefined ? '' : `?since=${since}`}`),
    /** @param {Uuid} image @param {BulkOperation[]} operations @returns {Promise<{ results: BulkResult[], seq: number }>} */
    bulk: (image, operations) => client.post(`images/${image}/annotations/bulk/`, { operations }),
    /** @param {Uuid} id @returns {Promise<{ results: object[] }>} */
    revisions: (id) => client.get(`annotations/${id}/revisions/`),
    /** Says that this tab has the image open; who else has. @param {Uuid} image @param {string} tab @returns {Promise<{ people: Present[] }>} */
    presence: (image, tab) => client.post(`images/${image}/presence/`, { client: tab }),
    /** How a run is; `cancel` stops it first. @param {Uuid} id @param {boolean} [cancel] @returns {Promise<Run>} */
    run: (id, cancel = false) => cancel ? client.post(`runs/${id}/cancel/`, undefined) : client.get(`runs/${id}/`),
    /** What the machine proposes on an image, best first. @param {Uuid} image @returns {Promise<SuggestionList>} */
    suggestions: (image) => client.get(`images/${image}/suggestions/`),
    /** @param {Uuid} image @param {object[]} operations @returns {Promise<{ results: any[], seq: number }>} */
    decide: (image, operations) => client.post(`images/${image}/suggestions/bulk/`, { operations }),
    /** Searches the image, or a region [x, y, w, h] of it, for everything. @param {Uuid} image @param {[number, number, number, number] | null} region
     *  @returns {Promise<Run>} */
    searchImage: (image, region) => client.post(`images/${image}/automask/`, region ? { region } : {}),
    /** Carries objects of the image (null: all) along the next images (null: to the end). @param {Uuid} image
     *  @param {{ objects: Uuid[] | null, count: number | null }} wanted @returns {Promise<Run>} */
    carryAlong: (image, wanted) => client.post(`images/${image}/propagate/`, wanted),
    /** @param {Uuid} id @returns {Promise<Run>} */
    cancelRun: (id) => client.post(`runs/${id}/cancel/`, undefined),
    /** @param {Uuid} id @returns {Promise<ModelInfo>} */
    model: (id) => client.get(`models/${id}/`),
    /** @returns {Promise<{ id: Uuid, preferences: Record<string, unknown> }>} */
    me: () => client.get('me/'),
    /** Also while the page is being closed. @param {Record<string, unknown>} preferences */
    savePreferences: (preferences) => client.patch('me/', { preferences }, { keepalive: true }),
  };
}
