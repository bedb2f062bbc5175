// A picture on a canvas that follows its place's size, the theme and the zoom; higher ones scroll. What is under the
// pointer, or chosen with the keys, is told in a hint beside it.
import { element } from "./dom.ts";
import { css, onThemeChange, theme } from "./theme.ts";

export interface Painter {
  /** Height that the whole picture needs, which may be more or less than there is. */
  height(width: number, available: number): number;
  /** Paints what is between `top` and `bottom` of the picture; the context's origin is that of the picture. */
  paint(context: CanvasRenderingContext2D, width: number, top: number, bottom: number): void;
  /** What is at a place of the picture: lines of a hint. */
  hint(x: number, y: number): readonly string[] | undefined;
}

/** Pixels of a saved picture at most. */
const MAX_PICTURE = 8000;
const PICTURE_WIDTH = 1600;

export class Drawing {
  readonly node = element("div", { className: "drawing" });
  private readonly canvas = element("canvas");
  private readonly rest = element("div");
  private readonly tip = element("div", { className: "hint", hidden: true });
  private frame = 0;
  /** Where the pointer is in the picture. */
  private pointer: { x: number; y: number } | undefined;

  constructor(
    label: string,
    private readonly painter: Painter,
  ) {
    this.node.tabIndex = 0;
    this.node.role = "application";
    this.node.setAttribute("aria-label", label);
    this.tip.role = "status";
    this.node.append(this.canvas, this.rest, this.tip);
    new ResizeObserver(() => this.redraw()).observe(this.node);
    onThemeChange(() => this.redraw());
    this.node.addEventListener("scroll", () => this.redraw());
    this.node.addEventListener("pointermove", (event) => this.pointed(event));
    this.node.addEventListener("pointerleave", () => {
      this.pointer = undefined;
      this.hideHint();
    });
    this.node.addEventListener("focus", () => this.redraw());
    this.node.addEventListener("blur", () => this.hideHint());
  }

  /** Of what is seen. */
  get width(): number {
    return this.node.clientWidth;
  }

  get isFocused(): boolean {
    return document.activeElement === this.node;
  }

  redraw(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  /** Where the pointer is in the picture. */
  position(event: MouseEvent): { x: number; y: number } {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top + this.node.scrollTop };
  }

  /** Shows a hint at a place that the keys have gone to: until the pointer moves, it is theirs. */
  showHint(x: number, y: number, lines: readonly string[]): void {
    this.pointer = undefined;
    this.placeHint(x, y, lines);
  }

  private placeHint(x: number, y: number, lines: readonly string[]): void {
    this.tip.replaceChildren(...lines.map((line) => element("div", { textContent: line })));
    this.tip.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.tip;
    const box = this.node.getBoundingClientRect();
    const left = Math.max(2, Math.min(box.left + x + 14, innerWidth - width - 2));
    const below = box.top + y - this.node.scrollTop + 18;
    const top = below + height > innerHeight ? below - height - 26 : below;
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${Math.max(2, top)}px`;
  }

  hideHint(): void {
    this.tip.hidden = true;
  }

  scrollTo(top: number, bottom: number): void {
    if (top < this.node.scrollTop) this.node.scrollTop = top;
    else if (bottom > this.node.scrollTop + this.node.clientHeight)
      this.node.scrollTop = bottom - this.node.clientHeight;
  }

  picture(): HTMLCanvasElement {
    const width = this.width || PICTURE_WIDTH;
    const height = Math.min(MAX_PICTURE, this.painter.height(width, this.node.clientHeight));
    const canvas = element("canvas", { width: width * 2, height: height * 2 });
    const context = canvas.getContext("2d")!;
    context.scale(2, 2);
    this.paint(context, width, 0, height);
    return canvas;
  }

  private draw(): void {
    const { clientWidth: width, clientHeight: height, scrollTop } = this.node;
    if (width === 0 || height === 0) return;
    const ratio = devicePixelRatio;
    const [pixels, lines] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== pixels || this.canvas.height !== lines)
      Object.assign(this.canvas, { width: pixels, height: lines });
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    const whole = this.painter.height(width, height);
    this.rest.style.height = `${Math.max(0, whole - height)}px`;
    const context = this.canvas.getContext("2d")!;
    context.setTransform(ratio, 0, 0, ratio, 0, -scrollTop * ratio);
    this.paint(context, width, scrollTop, scrollTop + height);
    if (!this.tip.hidden) this.tell(); // the figures may be others
  }

  private paint(context: CanvasRenderingContext2D, width: number, top: number, bottom: number): void {
    context.fillStyle = css(theme().background);
    context.fillRect(0, top, width, bottom - top);
    context.font = theme().font;
    context.textBaseline = "middle";
    this.painter.paint(context, width, top, bottom);
  }

  private pointed(event: PointerEvent): void {
    this.pointer = this.position(event);
    this.tell();
  }

  private tell(): void {
    if (!this.pointer) return;
    const { x, y } = this.pointer;
    const lines = this.painter.hint(x, y);
    if (lines) this.placeHint(x, y, lines);
    else this.hideHint();
  }
}

/** Text that ends with an ellipsis where it does not fit. */
export function fitText(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (width < 12) return "";
  if (context.measureText(text).width <= width) return text;
  let [fits, long] = [0, text.length];
  while (long - fits > 1) {
    const half = (fits + long) >> 1;
    if (context.measureText(`${text.slice(0, half)}…`).width <= width) fits = half;
    else long = half;
  }
  return fits === 0 ? "" : `${text.slice(0, fits)}…`;
}
