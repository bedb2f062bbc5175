// Bounds on what plugins give: an iterable may be long, or never end, and is not collected beyond what is shown.
import type { Given } from "./given.ts";

/** An iterable is read at most so many times as far as its kind's bound. */
const READ_AHEAD = 10;

/** A list of more is sorted out while it is read, not afterwards. */
const SORT_OUT = 2;

export interface Kept<Item> {
  items: Item[];
  /** So many more were given, as far as was looked. */
  omitted: number;
}

/** `omitted` of a view's data: only where something was. */
export const omission = (omitted: number): { omitted?: number } => (omitted > 0 ? { omitted } : {});

/** The first. What comes later is counted, for a while. */
export function keepFirst(source: Iterable<unknown>, bound: number): Kept<unknown> {
  if (Array.isArray(source)) return { items: source.slice(0, bound), omitted: Math.max(0, source.length - bound) };
  const items: unknown[] = [];
  let omitted = 0;
  for (const item of source) {
    if (items.length < bound) items.push(item);
    else if (++omitted >= bound * (READ_AHEAD - 1)) break;
  }
  return { items, omitted };
}

/** The last. `what` names the items in the message about a source that does not seem to end. */
export function keepLast(source: Iterable<unknown>, bound: number, given: Given, what: string): Kept<unknown> {
  if (Array.isArray(source)) return { items: source.slice(-bound), omitted: Math.max(0, source.length - bound) };
  let items: unknown[] = [];
  let count = 0;
  for (const item of source) {
    if (++count > bound * READ_AHEAD) tooMany(given, bound * READ_AHEAD, what);
    items.push(item);
    if (items.length >= bound * SORT_OUT) items = items.slice(-bound);
  }
  return { items: items.slice(-bound), omitted: Math.max(0, count - bound) };
}

/** Keeps the largest of what is put in, with its order among equals. */
export class Largest<Item> {
  private items: Item[] = [];
  private count = 0;

  constructor(
    private readonly bound: number,
    private readonly amountOf: (item: Item) => bigint | number,
  ) {}

  put(item: Item): void {
    this.count++;
    this.items.push(item);
    if (this.items.length >= this.bound * READ_AHEAD) this.sortOut();
  }

  /** Largest first. */
  get kept(): Kept<Item> {
    this.sortOut();
    return { items: this.items, omitted: this.count - this.items.length };
  }

  private sortOut(): void {
    this.items.sort((a, b) => compareDescending(this.amountOf(a), this.amountOf(b)));
    this.items.length = Math.min(this.items.length, this.bound);
  }
}

/** Values of a source that is read as a whole, which has to end. */
export function* ending(source: Iterable<unknown>, limit: number, given: Given, what: string): Iterable<unknown> {
  let count = 0;
  for (const item of source) {
    if (++count > limit) tooMany(given, limit, what);
    yield item;
  }
}

function tooMany(given: Given, limit: number, what: string): never {
  return given.reject(`gave more than ${limit.toLocaleString("en-US")} ${what}, and does not seem to end`);
}

/** For sorting, also a number beside a `bigint`. */
export const compareAscending = (a: bigint | number, b: bigint | number) => (a < b ? -1 : a > b ? 1 : 0);
export const compareDescending = (a: bigint | number, b: bigint | number) => compareAscending(b, a);
