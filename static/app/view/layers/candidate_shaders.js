/** The candidate's two drawing passes (GLSL ES 3.00). */

/** One triangle over everything. */
export const COVER = `#version 300 es
void main() {
  gl_Position = vec4(vec2((gl_VertexID << 1) & 2, gl_VertexID & 2) * 2.0 - 1.0, 0.0, 1.0);
}`;

/** Inside or outside, and how far the logit is from the threshold: SAM's rule, in the four taps per axis of
 *  view/upsample.js. From one device pixel per image pixel on the value of the image pixel's centre counts, as in the
 *  committed mask; below, that of the device pixel's. */
export const FIELD = `#version 300 es
precision highp float;
precision highp sampler2D;
uniform sampler2D logits;
uniform vec2 corner;    // of the canvas, in image pixels of the frame
uniform vec2 extent;    // of the frame, image pixels
uniform vec2 scaled;    // of the frame, in the padded square
uniform float scale;    // device pixels per image pixel
uniform float rows;     // of the canvas
uniform float squash;   // logits per pixel of the padded square
uniform float threshold;
uniform bool crisp;
out vec4 found;

void inner(float pixel, out ivec2 index, out vec2 weight) {
  int last = textureSize(logits, 0).x - 1;
  float t = max(0.0, (pixel + 0.5) * squash - 0.5);
  int t0 = min(int(t), last);
  index = ivec2(t0, min(t0 + 1, last));
  float share = t - float(t0);
  weight = vec2(1.0 - share, share);
}

void taps(float centre, float image, float square, out ivec4 index, out vec4 weight) {
  float s = clamp(centre * square / image - 0.5, 0.0, square - 1.0);
  float s0 = floor(s);
  ivec2 a, b;
  vec2 u, v;
  inner(s0, a, u);
  inner(min(s0 + 1.0, square - 1.0), b, v);
  index = ivec4(a, b);
  weight = vec4(u * (1.0 - s + s0), v * (s - s0));
}

void main() {
  vec2 place = corner + vec2(gl_FragCoord.x, rows - gl_FragCoord.y) / scale;
  found = vec4(0.0, 1.0, 1.0, 1.0);  // outside the frame there is no value to interpolate with
  if (any(lessThan(place, vec2(0.0))) || any(greaterThanEqual(place, extent))) return;
  if (crisp) place = floor(place) + 0.5;
  ivec4 column, row;
  vec4 across, down;
  taps(place.x, extent.x, scaled.x, column, across);
  taps(place.y, extent.y, scaled.y, row, down);
  float value = -threshold;
  for (int i = 0; i < 4; i++) {
    if (down[i] == 0.0) continue;
    for (int k = 0; k < 4; k++) value += down[i] * across[k] * texelFetch(logits, ivec2(column[k], row[i]), 0).r;
  }
  found = vec4(value > 0.0 ? 1.0 : 0.0, min(abs(value) / 16.0, 1.0), 0.0, 1.0);
}`;

/** Fill, and a line of constant width in a dark halo along the border. */
export const PAINT = `#version 300 es
precision highp float;
uniform sampler2D field;
uniform vec2 size;      // of the canvas
uniform int radius;     // how far the border can be and still matter, device pixels
uniform float line;     // half widths, device pixels
uniform float halo;
uniform vec3 color;
uniform float fill;
uniform bool crisp;
out vec4 painted;

void main() {
  // Four texels at a glance: where they are all alike there is no border near, which is nearly everywhere.
  float sum = 0.0;
  for (int y = 0; y <= radius; y++) {
    for (int x = 0; x <= radius; x++) {
      sum += texture(field, (gl_FragCoord.xy + vec2(x, y) * 2.0 - float(radius) + 0.5) / size).r;
    }
  }
  float count = float((radius + 1) * (radius + 1));
  ivec2 here = ivec2(gl_FragCoord.xy);
  vec3 own = texelFetch(field, here, 0).rgb;
  bool inside = own.r > 0.5;
  painted = inside ? vec4(color, 1.0) * fill : vec4(0.0);
  if (sum < 0.01 || sum > count - 0.01) return;
  float nearest = 1e3;
  for (int y = -radius; y <= radius; y++) {
    for (int x = -radius; x <= radius; x++) {
      vec3 other = texelFetch(field, clamp(here + ivec2(x, y), ivec2(0), ivec2(size) - 1), 0).rgb;
      if ((other.r > 0.5) == inside) continue;
      float away = length(vec2(x, y));
      // Where the value passes the threshold between the two; the edge of an image pixel lies half-way.
      bool stepped = crisp || own.b + other.b > 0.5;
      nearest = min(nearest, stepped ? away - 0.5 : away * (own.g + 1e-4) / (own.g + other.g + 2e-4));
    }
  }
  float dark = 0.5 * (1.0 - smoothstep(halo - 0.5, halo + 0.5, nearest));
  float bright = 1.0 - smoothstep(line - 0.5, line + 0.5, nearest);
  painted = vec4(0.0, 0.0, 0.0, dark) + painted * (1.0 - dark);
  painted = vec4(color, 1.0) * bright + painted * (1.0 - bright);
}`;
