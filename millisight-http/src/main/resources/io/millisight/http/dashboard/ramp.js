// A colour ramp for counts: even steps of lightness in OKLab (Björn Ottosson, 2020), so that more always looks like more, in the
// light theme from pale to dark and in the dark one from dim to bright.

/** Lightness, chroma and hue of the ramp's stops. @type {Record<string, [number, number, number][]>} */
const STOPS = {
  light: [[0.93, 0.03, 230], [0.74, 0.1, 235], [0.52, 0.14, 265], [0.3, 0.13, 300]],
  dark: [[0.29, 0.05, 265], [0.48, 0.11, 245], [0.7, 0.12, 195], [0.94, 0.14, 110]],
};
const STEPS = 64;

/** @type {Map<string, string[]>} */
const ramps = new Map();

/** The ramp of a theme, from one request to the most. @param {string} theme @returns {string[]} */
export function ramp(theme) {
  let colours = ramps.get(theme);
  if (!colours) {
    const stops = (STOPS[theme] ?? STOPS.light).map(([l, c, h]) => [l, c * Math.cos(h * Math.PI / 180), c * Math.sin(h * Math.PI / 180)]);
    colours = Array.from({ length: STEPS }, (_, i) => {
      const place = i / (STEPS - 1) * (stops.length - 1);
      const at = Math.min(stops.length - 2, Math.floor(place));
      return rgb(stops[at].map((value, k) => value + (stops[at + 1][k] - value) * (place - at)));
    });
    ramps.set(theme, colours);
  }
  return colours;
}

/** The place of a count in a ramp: by its logarithm, for one busy cell must not hide all others. @param {number} count @param {number} most */
export function placeOf(count, most) {
  return most <= 1 ? STEPS - 1 : Math.round(Math.log(count) / Math.log(most) * (STEPS - 1));
}

/** @param {number[]} lab */
function rgb([lightness, a, b]) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return 'rgb(' + linear.map(value => {
    const light = Math.max(0, Math.min(1, value));
    return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
  }).join(' ') + ')';
}
