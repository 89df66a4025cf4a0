/** Decode times of the recent past, for the status line. */

const WINDOW = 100;

/** @typedef {{ last: number | null, p50: number | null, p95: number | null }} Latency */

/** @returns {{ add(ms: number): void, read(): Latency }} */
export function createLatency() {
  /** @type {number[]} */
  const recent = [];
  return {
    add(ms) {
      recent.push(ms);
      if (recent.length > WINDOW) recent.shift();
    },
    read() {
      const sorted = [...recent].sort((a, b) => a - b);
      return { last: recent.at(-1) ?? null, p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
    },
  };
}

/** Nearest-rank quantile. @param {number[]} sorted @param {number} share @returns {number | null} */
function quantile(sorted, share) {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
