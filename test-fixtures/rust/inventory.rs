//! Rust without its standard library: core and alloc, with the C library's allocator and output beneath.
#![feature(default_alloc_error_handler)]
#![no_std]
#![no_main]

extern crate alloc;

use alloc::{boxed::Box, collections::BTreeMap, format, string::String, vec::Vec};
use core::alloc::{GlobalAlloc, Layout};
use core::fmt;

extern "C" {
    fn malloc(size: usize) -> *mut u8;
    fn free(pointer: *mut u8);
    fn write(descriptor: i32, data: *const u8, length: usize) -> isize;
    fn abort() -> !;
}

struct CHeap;

unsafe impl GlobalAlloc for CHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        malloc(layout.size())
    }
    unsafe fn dealloc(&self, pointer: *mut u8, _: Layout) {
        free(pointer)
    }
}

#[global_allocator]
static HEAP: CHeap = CHeap;

#[panic_handler]
fn panicked(info: &core::panic::PanicInfo) -> ! {
    say(&format!("{}", info));
    unsafe { abort() }
}

fn say(line: &str) {
    let text = format!("{}\n", line);
    unsafe { write(1, text.as_ptr(), text.len()) };
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Plant { height: u32 },
    Animal(String, u8),
    Stone,
}

#[derive(Debug)]
enum Shortage {
    Unknown(String),
    TooFew { wanted: u32, have: u32 },
}

impl fmt::Display for Shortage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shortage::Unknown(name) => write!(out, "no {}", name),
            Shortage::TooFew { wanted, have } => write!(out, "{} wanted, {} there", wanted, have),
        }
    }
}

trait Describe {
    fn describe(&self) -> String;
}

impl Describe for Kind {
    fn describe(&self) -> String {
        match self {
            Kind::Plant { height } => format!("a plant of {} cm", height), // BREAK: plant
            Kind::Animal(name, legs) => format!("{} on {} legs", name, legs),
            Kind::Stone => String::from("a stone"),
        }
    }
}

struct Inventory {
    items: BTreeMap<String, (Kind, u32)>,
}

impl Inventory {
    fn add(&mut self, name: &str, kind: Kind, count: u32) {
        let entry = self.items.entry(String::from(name)).or_insert((kind, 0));
        entry.1 += count; // BREAK: add
    }

    fn take(&mut self, name: &str, wanted: u32) -> Result<u32, Shortage> {
        let (_, have) = self.items.get_mut(name).ok_or_else(|| Shortage::Unknown(String::from(name)))?;
        if *have < wanted {
            return Err(Shortage::TooFew { wanted, have: *have });
        }
        *have -= wanted;
        Ok(*have) // BREAK: take
    }
}

fn collatz(start: u64) -> impl Iterator<Item = u64> {
    core::iter::successors(Some(start), |&n| match n {
        1 => None,
        n if n % 2 == 0 => Some(n / 2),
        n => Some(3 * n + 1),
    })
}

#[no_mangle]
pub extern "C" fn main(argc: i32, _argv: *const *const u8) -> i32 {
    let mut inventory = Inventory { items: BTreeMap::new() };
    inventory.add("fern", Kind::Plant { height: 30 }, 3);
    inventory.add("newt", Kind::Animal(String::from("newt"), 4), 2);
    inventory.add("pebble", Kind::Stone, 100);
    inventory.add("fern", Kind::Plant { height: 31 }, 2);
    for (name, (kind, count)) in &inventory.items {
        say(&format!("{:>8}: {:3} x {}", name, count, kind.describe())); // BREAK: main
    }
    for (name, wanted) in [("fern", 4), ("fern", 4), ("moss", 1)] {
        match inventory.take(name, wanted) {
            Ok(left) => say(&format!("took {} {}, {} left", wanted, name, left)),
            Err(shortage) => say(&format!("cannot take {}: {}", name, shortage)),
        }
    }
    let described: Vec<Box<dyn Describe>> = [Kind::Stone, Kind::Plant { height: 7 }]
        .into_iter()
        .map(|kind| Box::new(kind) as Box<dyn Describe>)
        .collect();
    say(&described.iter().map(|one| one.describe()).collect::<Vec<_>>().join(" and "));
    let steps: Vec<u64> = collatz(27).collect();
    say(&format!("collatz {} steps, peak {:?}", steps.len() - 1, steps.iter().max()));
    say(&format!("{:?} {:.3} {:e}", Kind::Animal(String::from("toad"), 4), 2.0f64 / 3.0, 1234.5f64));
    if argc > 1 {
        let index = argc as usize + 1000;
        say(&format!("{}", steps[index])); // BREAK: panic
    }
    0
}
