// Formulas for the wasm encoder: operands first, so that long arithmetic can be read. For code that is made once; the
// code of regions writes its instructions itself.
import { type FunctionBody, I, type Type } from "./wasm-encoder.ts";

/** Leaves one value on the stack. */
export type Expression = (f: FunctionBody) => void;

const unary = (op: I) => (a: Expression) => (f: FunctionBody) => {
  a(f);
  f.op(op);
};

const binary = (op: I) => (a: Expression, b: Expression) => (f: FunctionBody) => {
  a(f);
  b(f);
  f.op(op);
};

/** What both floating-point formats have. */
export interface FloatExpressions {
  value(value: number): Expression;
  abs(a: Expression): Expression;
  neg(a: Expression): Expression;
  sqrt(a: Expression): Expression;
  add(a: Expression, b: Expression): Expression;
  sub(a: Expression, b: Expression): Expression;
  mul(a: Expression, b: Expression): Expression;
  div(a: Expression, b: Expression): Expression;
  copysign(magnitude: Expression, sign: Expression): Expression;
  eq(a: Expression, b: Expression): Expression;
  ne(a: Expression, b: Expression): Expression;
  lt(a: Expression, b: Expression): Expression;
  le(a: Expression, b: Expression): Expression;
  gt(a: Expression, b: Expression): Expression;
  ge(a: Expression, b: Expression): Expression;
}

export const f64: FloatExpressions = {
  value: (value) => (f) => f.f64(value),
  abs: unary(I.f64_abs),
  neg: unary(I.f64_neg),
  sqrt: unary(I.f64_sqrt),
  add: binary(I.f64_add),
  sub: binary(I.f64_sub),
  mul: binary(I.f64_mul),
  div: binary(I.f64_div),
  copysign: binary(I.f64_copysign),
  eq: binary(I.f64_eq),
  ne: binary(I.f64_ne),
  lt: binary(I.f64_lt),
  le: binary(I.f64_le),
  gt: binary(I.f64_gt),
  ge: binary(I.f64_ge),
};

export const f32: FloatExpressions = {
  value: (value) => (f) => f.f32(value),
  abs: unary(I.f32_abs),
  neg: unary(I.f32_neg),
  sqrt: unary(I.f32_sqrt),
  add: binary(I.f32_add),
  sub: binary(I.f32_sub),
  mul: binary(I.f32_mul),
  div: binary(I.f32_div),
  copysign: binary(I.f32_copysign),
  eq: binary(I.f32_eq),
  ne: binary(I.f32_ne),
  lt: binary(I.f32_lt),
  le: binary(I.f32_le),
  gt: binary(I.f32_gt),
  ge: binary(I.f32_ge),
};

export const i32 = {
  value:
    (value: number): Expression =>
    (f) =>
      f.i32(value),
  and: binary(I.i32_and),
  or: binary(I.i32_or),
  eq: binary(I.i32_eq),
  ne: binary(I.i32_ne),
  not: unary(I.i32_eqz),
  lt: binary(I.i32_lt_u),
  ge: binary(I.i32_ge_u),
};

export const i64 = {
  value:
    (value: bigint): Expression =>
    (f) =>
      f.i64(value),
  add: binary(I.i64_add),
  sub: binary(I.i64_sub),
  and: binary(I.i64_and),
  or: binary(I.i64_or),
  shl: binary(I.i64_shl),
  shr: binary(I.i64_shr_u),
  eq: binary(I.i64_eq),
  ne: binary(I.i64_ne),
  ltUnsigned: binary(I.i64_lt_u),
  lt: binary(I.i64_lt_s),
  gtUnsigned: binary(I.i64_gt_u),
};

export const convert = (op: I, a: Expression): Expression => unary(op)(a);

export const get =
  (local: number): Expression =>
  (f) =>
    f.get(local);

export const call =
  (index: number, ...args: Expression[]): Expression =>
  (f) => {
    for (const arg of args) arg(f);
    f.call(index);
  };

export const select =
  (condition: Expression, a: Expression, b: Expression): Expression =>
  (f) => {
    a(f);
    b(f);
    condition(f);
    f.op(I.select);
  };

/** The value of one of two expressions, of which only that one is computed. */
export const either =
  (type: Type, condition: Expression, a: Expression, b: Expression): Expression =>
  (f) => {
    condition(f);
    f.if(type);
    a(f);
    f.else();
    b(f);
    f.end();
  };

/** All hold; every one is computed. */
export const all = (...conditions: Expression[]): Expression => conditions.reduce(i32.and);
export const any = (...conditions: Expression[]): Expression => conditions.reduce(i32.or);

/** Writes the statements of a function. */
export class Statements {
  readonly f: FunctionBody;

  constructor(f: FunctionBody) {
    this.f = f;
  }

  /** A new local with a value, to be read by what is returned. */
  let(type: Type, value: Expression): Expression {
    const local = this.f.local(type);
    this.set(local, value);
    return get(local);
  }

  set(local: number, value: Expression): void {
    value(this.f);
    this.f.set(local);
  }

  if(condition: Expression, then: () => void): void {
    condition(this.f);
    this.f.if();
    then();
    this.f.end();
  }

  return(value: Expression): void {
    value(this.f);
    this.f.op(I.return);
  }

  /** `return value` when the condition holds. */
  returnIf(condition: Expression, value: Expression): void {
    this.if(condition, () => this.return(value));
  }
}
