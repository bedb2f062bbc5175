declare module "esbuild-wasm/lib/browser.js";
