// Rows of one height of which only those in sight exist, in an element that scrolls.
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";

/** Pixels, as in the style sheet. */
export const ROW_HEIGHT = 22;

/** Rows that exist beyond those in sight. */
const OVERSCAN = 12;

export interface RowWindow {
  /** Indexes from `first` to before `end` are to be shown. */
  first: number;
  end: number;
  /** Pixels of what is not: above and below. */
  before: number;
  after: number;
}

export class VirtualRows {
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;

  /** `head`: pixels at the top that stay while the rows scroll. */
  constructor(
    private readonly scroller: HTMLElement,
    head: number,
    changed: () => void,
  ) {
    this.virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
      count: 0,
      getScrollElement: () => scroller,
      estimateSize: () => ROW_HEIGHT,
      scrollMargin: head,
      scrollPaddingStart: head,
      overscan: OVERSCAN,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: changed,
    });
    this.virtualizer._didMount();
    this.virtualizer._willUpdate();
  }

  set count(count: number) {
    if (count === this.virtualizer.options.count) return;
    this.virtualizer.setOptions({ ...this.virtualizer.options, count });
    this.virtualizer._willUpdate();
  }

  get count(): number {
    return this.virtualizer.options.count;
  }

  /** Rows that fit in sight. */
  get page(): number {
    return Math.max(1, Math.floor(this.scroller.clientHeight / ROW_HEIGHT) - 2);
  }

  get window(): RowWindow {
    const items = this.virtualizer.getVirtualItems();
    const first = items[0]?.index ?? 0;
    const end = (items.at(-1)?.index ?? -1) + 1;
    return { first, end, before: first * ROW_HEIGHT, after: (this.count - end) * ROW_HEIGHT };
  }

  reveal(index: number): void {
    this.virtualizer.scrollToIndex(index, { align: "auto" });
  }
}
