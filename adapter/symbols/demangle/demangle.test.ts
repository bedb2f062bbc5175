import assert from "node:assert/strict";
import { test } from "node:test";
import { demangle } from "./demangle.ts";

/** Mangled name, and what c++filt (for Rust: rustfilt) says of it. */
const cases: [string, string][] = [
  ["main", "main"],
  ["_Z3fooi", "foo(int)"],
  ["_Z3foov", "foo()"],
  ["_ZN2ns3Foo3barEPKcz", "ns::Foo::bar(char const*, ...)"],
  ["_ZNK2ns3Foo3barERKS0_", "ns::Foo::bar(ns::Foo const&) const"],
  ["_ZN3FooC1Ei", "Foo::Foo(int)"],
  ["_ZN3FooD0Ev", "Foo::~Foo()"],
  ["_ZN3BoxIdED2Ev", "Box<double>::~Box()"],
  ["_Z3maxIiET_S0_S0_", "int max<int>(int, int)"],
  ["_ZN5StackIiE4pushERKi", "Stack<int>::push(int const&)"],
  ["_ZNSt6vectorIiSaIiEE9push_backEOi", "std::vector<int, std::allocator<int> >::push_back(int&&)"],
  ["_ZlsRSoRK3Foo", "operator<<(std::ostream&, Foo const&)"],
  ["_ZN3FooixEm", "Foo::operator[](unsigned long)"],
  ["_ZN3FoocvbEv", "Foo::operator bool()"],
  ["_Z5applyPFiiiEii", "apply(int (*)(int, int), int, int)"],
  ["_Z3sumRA5_i", "sum(int (&) [5])"],
  ["_Z4callM3FooKFivE", "call(int (Foo::*)() const)"],
  ["_ZN12_GLOBAL__N_16hiddenEi", "(anonymous namespace)::hidden(int)"],
  ["_ZZ4mainENKUlmE_clEm", "main::{lambda(unsigned long)#1}::operator()(unsigned long) const"],
  ["_Z3f_1IJidEEvDpT_", "void f_1<int, double>(int, double)"],
  ["_ZTV3Foo", "vtable for Foo"],
  ["_ZTIN2ns3FooE", "typeinfo for ns::Foo"],
  ["_ZGVZ3foovE1x", "guard variable for foo()::x"],
  ["_ZThn8_N3Foo3barEv", "non-virtual thunk to Foo::bar()"],
  [
    "_ZNSsC1ERKSs",
    "std::basic_string<char, std::char_traits<char>, std::allocator<char> >::basic_string(std::string const&)",
  ],
  ["_ZN1AIXadL_Z3foovEEE1bEv", "A<&(foo())>::b()"],
  ["_Z1fILi3ELb1ELc65EEvv", "void f<3, true, (char)65>()"],
  ["_ZN3foo3barEi.constprop.0", "foo::bar(int) [clone .constprop.0]"],
  ["_Z", "_Z"],
  ["_ZN", "_ZN"],
  ["_ZS_S_S_", "_ZS_S_S_"],
  ["_Z9999999999x", "_Z9999999999x"],
  ["_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE", "core::fmt::Write::write_fmt"],
  ["_ZN42_$LT$$RF$T$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE", "<&T as core::fmt::Debug>::fmt"],
  ["_ZN3foo28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE", "foo::{{closure}}"],
  ["_RNvC6_123foo3bar", "123foo::bar"],
  ["_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar"],
  ["_RINvNtC3std3mem8align_ofdE", "std::mem::align_of::<f64>"],
  ["_RNCNvC7mycrate3fos_0", "_RNCNvC7mycrate3fos_0"],
  ["_RNCNvC7mycrate3foo0", "mycrate::foo::{closure#0}"],
  ["_RNvMs_C7mycrateNtB4_3Foo3new", "<mycrate::Foo>::new"],
  ["_RNvXCs_7mycrateNtB2_3FooNtNtC4core3fmt5Debug3fmt", "<mycrate::Foo as core::fmt::Debug>::fmt"],
];

for (const [mangled, expected] of cases) test(mangled, () => assert.equal(demangle(mangled), expected));

test("names that nest or repeat without end stay as they are", () => {
  for (const name of [`_Z1f${"P".repeat(5000)}i`, `_Z1fI${"J".repeat(3000)}`, `_RN${"B_".repeat(1000)}`])
    assert.equal(demangle(name), name);
});
