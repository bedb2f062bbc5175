// What every kind of view is to the page: something to look at, that is refreshed in place.
import type { Locations, ViewData } from "../messages.ts";

export interface KindView<Data extends ViewData = ViewData> {
  /** Fills the place below the toolbar. */
  readonly node: HTMLElement;
  /** What it adds to the toolbar. */
  readonly controls: readonly HTMLElement[];
  /** Must not touch what the user has done: sorting, scrolling, zoom, selection. */
  update(view: Data, locations: Locations): void;
  /** What Copy and CSV give: the names of the columns, then rows, as they are shown. */
  rows(): string[][];
  /** Kinds that are drawn: the whole picture. */
  picture?(): HTMLCanvasElement;
}

/** What a view may ask of the page. */
export interface ViewContext {
  /** Shows the code of an address. */
  go(address: string): void;
  open(path: string, line: number): void;
  /** What the user did to this view, also from before the panel was hidden. */
  recall<T>(name: string): T | undefined;
  remember(name: string, value: unknown): void;
}
