/** What the editor asks the server of reviews and comments; loaded after the first photo is ready. */
/** @import { ThreadWriteRequest } from './schema.d.ts' */
/** @import { Client } from './typed.d.ts' */

/** @typedef {ReturnType<typeof createReviewEndpoints>} ReviewEndpoints */

/** @param {Client} client */
export function createReviewEndpoints(client) {
  return {
    /** @param {string} image */
    review: (image) => client.get(`images/${image}/review/`),
    /** @param {string} image */
    claim: (image) => client.post(`images/${image}/review/claim/`, undefined),
    /** @param {string} image */
    release: (image) => client.del(`images/${image}/review/claim/`),
    /** @param {string} image @param {number} seq the count of changes that was seen */
    accept: (image, seq) => client.post(`images/${image}/review/accept/`, { seq }),
    /** @param {string} image @param {number} seq @param {string} text */
    sendBack: (image, seq, text) => client.post(`images/${image}/review/return/`, { seq, text }),
    /** @param {string} image */
    reopen: (image) => client.post(`images/${image}/review/reopen/`, undefined),
    /** @param {string} image */
    difference: (image) => client.get(`images/${image}/review/difference/`),
    /** The next image that this person may review, taken for them. @param {string} project */
    next: (project) => client.post(`projects/${project}/reviews/next/`, {}),
    /** @param {string} image */
    threads: (image) => client.get(`images/${image}/threads/`),
    /** @param {string} image @param {ThreadWriteRequest} about */
    say: (image, about) => client.post(`images/${image}/threads/`, about),
    /** @param {string} project */
    members: (project) =>
      client.get(/** @type {`projects/${string}/members/`} */ (`projects/${project}/members/?limit=500`)),
    /** @param {string} thread @param {string} text */
    answer: (thread, text) => client.post(`threads/${thread}/comments/`, { text }),
    /** @param {string} thread @param {boolean} resolved */
    settle: (thread, resolved) => client.patch(`threads/${thread}/`, { resolved }),
    /** @param {string} comment */
    takeBack: (comment) => client.del(`comments/${comment}/`),
  };
}
