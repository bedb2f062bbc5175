// The editor's colours, for what is drawn.

/** Red, green, blue: 0 to 255. */
export type Colour = readonly [number, number, number];

export interface Theme {
  background: Colour;
  foreground: Colour;
  /** Less important text. */
  faint: Colour;
  lines: Colour;
  focus: Colour;
  /** Of series, lanes and the like, to be told apart. */
  charts: readonly Colour[];
  blue: Colour;
  warm: readonly [Colour, Colour];
  /** What was searched for. */
  match: Colour;
  font: string;
  mono: string;
}

let current: Theme | undefined;
const listeners = new Set<() => void>();

/** Calls when the user chooses another theme. */
export function onThemeChange(listener: () => void): void {
  listeners.add(listener);
}

/** When the views are made anew: nobody looks at the old ones. */
export function forgetThemeListeners(): void {
  listeners.clear();
}

new MutationObserver(() => {
  current = undefined;
  for (const listener of listeners) listener();
}).observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"], subtree: false });

export function theme(): Theme {
  return (current ??= read());
}

function read(): Theme {
  const style = getComputedStyle(document.body);
  const parse = parser(style.getPropertyValue("--vscode-panel-background") || "#000");
  const colour = (...names: string[]): Colour => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value) return parse(value);
    }
    return parse(style.color);
  };
  const charts = (name: string) => colour(`charts-${name}`, "charts-foreground");
  const background = colour("panel-background", "editor-background");
  const foreground = colour("foreground", "editor-foreground");
  return {
    background,
    foreground,
    faint: mix(background, foreground, 0.72),
    lines: mix(background, foreground, 0.22),
    focus: colour("focusBorder", "contrastActiveBorder"),
    charts: ["blue", "green", "yellow", "purple", "red", "orange"].map(charts),
    blue: charts("blue"),
    warm: [charts("yellow"), charts("red")],
    match: charts("purple"),
    font: `${style.fontSize} ${style.fontFamily}`,
    mono: `${style.fontSize} ${style.getPropertyValue("--vscode-editor-font-family") || "monospace"}`,
  };
}

/** Understands what a style sheet does. */
function parser(under: string): (text: string) => Colour {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  return (text) => {
    // Colours may let the background through.
    for (const layer of [under, text]) {
      context.fillStyle = "#000";
      context.fillStyle = layer;
      context.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return [red, green, blue];
  };
}

export function mix(a: Colour, b: Colour, share: number): Colour {
  const between = (i: 0 | 1 | 2) => Math.round(a[i] + (b[i] - a[i]) * share);
  return [between(0), between(1), between(2)];
}

export const css = ([red, green, blue]: Colour) => `rgb(${red} ${green} ${blue})`;

const luminance = ([red, green, blue]: Colour) => 0.299 * red + 0.587 * green + 0.114 * blue;

/** Black or white, whichever can be read on a colour. */
export const textOn = (colour: Colour) => (luminance(colour) > 140 ? "#000" : "#fff");

/** From little (0) to much (1): away from the background, in light and dark themes. */
export function heat({ background, blue, foreground }: Theme, share: number): Colour {
  const low = mix(background, blue, 0.18);
  return share < 0.6 ? mix(low, blue, share / 0.6) : mix(blue, foreground, (share - 0.6) / 0.4);
}

/** From 0 to 1, the same for the same name: for shades. */
export function hashed(name: string): number {
  let hash = 17;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  return ((hash >>> 0) % 1000) / 1000;
}
