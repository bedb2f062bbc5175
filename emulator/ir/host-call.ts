// What a `call` op names by number: a function of the host's, and values of the host's that it is called with. So one
// function serves many calls, which is cheaper than a closure for each: V8 takes what surrounds it for constant.
export interface HostCall {
  readonly run: (...values: unknown[]) => void;
  readonly values: readonly unknown[];
}

export function hostCall<Values extends unknown[]>(run: (...values: Values) => void, ...values: Values): HostCall {
  return { run: run as HostCall["run"], values };
}
