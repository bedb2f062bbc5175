// Types of what the tests use of the harness, and of the browser driver that it loads at run time.

export interface PointerOptions {
  /** From the top left corner of the element. */
  position?: { x: number; y: number };
}

export interface Locator {
  locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
  filter(options: { hasText?: string | RegExp; has?: Locator }): Locator;
  first(): Locator;
  nth(index: number): Locator;
  last(): Locator;
  count(): Promise<number>;
  click(options?: PointerOptions & { timeout?: number; button?: "left" | "right"; clickCount?: number }): Promise<void>;
  dblclick(options?: PointerOptions): Promise<void>;
  hover(options?: PointerOptions & { timeout?: number }): Promise<void>;
  press(key: string): Promise<void>;
  focus(): Promise<void>;
  fill(text: string): Promise<void>;
  waitFor(options?: { state?: "visible" | "hidden" | "attached"; timeout?: number }): Promise<void>;
  isVisible(): Promise<boolean>;
  isEnabled(): Promise<boolean>;
  textContent(): Promise<string>;
  allInnerTexts(): Promise<string[]>;
  getAttribute(name: string): Promise<string | null>;
  evaluate<T>(body: (element: HTMLElement) => T): Promise<T>;
}

export interface Frame {
  locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
  evaluate<T>(body: () => T): Promise<T>;
}

export interface Page extends Frame {
  keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  mouse: {
    move(x: number, y: number): Promise<void>;
    click(x: number, y: number): Promise<void>;
    wheel(x: number, y: number): Promise<void>;
  };
  waitForTimeout(ms: number): Promise<void>;
}

export interface DapMessage {
  from: "client" | "adapter";
  message: {
    type: "request" | "response" | "event";
    command?: string;
    event?: string;
    success?: boolean;
    arguments?: unknown;
    body?: unknown;
    message?: string;
  };
}

export interface Workbench {
  page: Page;
  dap: DapMessage[];
  /** The browser's messages. */
  console: string[];
  /** Outside addresses that the browser asked for. */
  blocked: string[];
  logs(): Promise<string>;
  close(): Promise<void>;
}

export function startWorkbench(options: {
  workspace: string;
  vsix?: string | string[];
  settings?: Record<string, unknown>;
  trust?: "trusted" | "restricted" | "ask";
  env?: Record<string, string>;
  viewport?: { width: number; height: number };
}): Promise<Workbench>;

export const CACHE: string;
export function until<T>(what: string, probe: () => T | Promise<T>, ms?: number): Promise<Exclude<T, false | 0 | "" | null | undefined>>;
export function runCommand(page: Page, title: string): Promise<void>;
export function openFile(page: Page, name: string): Promise<void>;
export function startDebugging(page: Page, configuration: string): Promise<void>;
export function waitForStopped(page: Page, options?: { line?: number }): Promise<void>;
export function resume(page: Page, button: string, options?: { line?: number }): Promise<void>;
export function debugAction(page: Page, button: string): Promise<void>;
export function waitForSessionEnd(page: Page): Promise<unknown>;
export function stoppedLine(page: Page): Promise<number | undefined>;
export function readCallStack(page: Page): Promise<{ name: string; file?: string; line?: number; focused: boolean }[]>;
export function readVariables(page: Page): Promise<Record<string, Record<string, string>>>;
export function readPane(
  page: Page,
  title: string,
): Promise<{ index: number; level: number; expanded?: boolean; text: string; label: string; selected: boolean }[]>;
export function expandRow(page: Page, title: string, text: string): Promise<void>;
export function clickGutter(page: Page, line: number): Promise<void>;
export function readBreakpoints(page: Page): Promise<{ line: number; verified: boolean }[]>;
export function webviewFrame(page: Page, title: string): Promise<Frame>;
export function readNotifications(page: Page): Promise<string[]>;
export function screenshot(page: Page, file: string): Promise<unknown>;
