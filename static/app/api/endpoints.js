/** The API's endpoints the editor uses; see annotator/openapi.yaml. */
/** @import { Annotation, BulkOperation, BulkResult, Decision, DecisionResult, Gone, ImageInfo, Uuid } from '../types.js' */
/** @import { Client } from './typed.d.ts' */
/** @import { Tab } from './schema.d.ts' */

/** A row as the change feed gives it: a deleted object is only named. @typedef {Annotation | Gone} FeedRow */
/** Somebody who has the image open. @typedef {Tab} Present */

/** @typedef {ReturnType<typeof createEndpoints>} Endpoints */

/** @param {Client} client */
export function createEndpoints(client) {
  return {
    /** @param {Uuid} id */
    image: (id) => client.get(`images/${id}/`),
    /** @param {Uuid} id @param {ImageInfo['state']} state */
    setImageState: (id, state) => client.patch(`images/${id}/`, { state }),
    /** Images of a project, or of a job in it, in order, compact: those around one, or from a place on.
     *  @param {Uuid} project @param {string} where around=ID or start=PLACE @param {Uuid} [job] */
    imageIndex: (project, where, job) =>
      client.get(job ? `jobs/${job}/images/?${where}` : `projects/${project}/images/index/?${where}`),
    /** The next image, of a job if one is named, that is not done. @param {Uuid} id @param {Uuid} [job] */
    unfinished: (id, job) => client.get(job ? `jobs/${job}/unfinished/${id}/` : `images/${id}/unfinished/`),
    /** Asks for an embedding; of a region [x, y, w, h] if given. @param {Uuid} id @param {[number, number, number, number]} [region] */
    embed: (id, region) => client.post(`images/${id}/embed/`, region ? { region } : {}),
    /** Live objects, or with `since` what changed after that count. @param {Uuid} image @param {number} [since] */
    annotations: (image, since) =>
      /** @type {Promise<{ results: FeedRow[], seq: number, model: Uuid | null, picture: string }>} */ (
        since === undefined
          ? client.get(`images/${image}/annotations/`)
          : client.get(`images/${image}/annotations/?since=${since}`)
      ),
    /** @param {Uuid} image @param {BulkOperation[]} operations */
    bulk: (image, operations) =>
      /** @type {Promise<{ results: BulkResult[], seq: number }>} */ (
        client.post(`images/${image}/annotations/bulk/`, { operations })
      ),
    /** @param {Uuid} id */
    revisions: (id) => client.get(`annotations/${id}/revisions/`),
    /** Says that this tab has the image open; who else has. @param {Uuid} image @param {string} tab */
    presence: (image, tab) => client.post(`images/${image}/presence/`, { client: tab }),
    /** How a run is; `cancel` stops it first. @param {Uuid} id @param {boolean} [cancel] */
    run: (id, cancel = false) => (cancel ? client.post(`runs/${id}/cancel/`, undefined) : client.get(`runs/${id}/`)),
    /** @param {Uuid} image */
    suggestions: (image) => client.get(`images/${image}/suggestions/`),
    /** @param {Uuid} image @param {Decision[]} operations */
    decide: (image, operations) =>
      /** @type {Promise<{ results: DecisionResult[], seq: number }>} */ (
        client.post(`images/${image}/suggestions/bulk/`, { operations })
      ),
    /** Searches the image, or a region [x, y, w, h] of it, for everything. @param {Uuid} image @param {[number, number, number, number] | null} region */
    searchImage: (image, region) => client.post(`images/${image}/automask/`, region ? { region } : {}),
    /** Null: all objects, to the end. @param {Uuid} image
     *  @param {{ objects: Uuid[] | null, count: number | null, backwards?: boolean }} wanted */
    carryAlong: (image, wanted) => client.post(`images/${image}/propagate/`, wanted),
    /** @param {Uuid} image */
    tracks: (image) => client.get(`images/${image}/tracks/`),
    /** @param {Uuid} id */
    cancelRun: (id) => client.post(`runs/${id}/cancel/`, undefined),
    me: () => client.get('me/'),
    /** Also while the page is being closed. @param {Record<string, unknown>} preferences */
    savePreferences: (preferences) => client.patch('me/', { preferences }, { keepalive: true }),
  };
}
