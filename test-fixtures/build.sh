#!/bin/sh
# Rebuilds every fixture. Debian 12's cross compilers are expected (versions.txt names the ones that made what is
# committed); each program is compiled in its own folder with that folder mapped to ".", so that DW_AT_name is the
# source's name beside the ELF, DW_AT_comp_dir is ".", and nothing depends on where the repository is.
set -eu
cd "$(dirname "$0")"
CC=${CC:-riscv64-linux-gnu-gcc}
CXX=${CXX:-riscv64-linux-gnu-g++}
RUSTC=${RUSTC:-/usr/bin/rustc}
RUST_SOURCE=${RUST_SOURCE:-/usr/src/rustc-1.63.0/library}
COMMON="-march=rv64gc -mabi=lp64d -Wall -Wl,--build-id=sha1"
TINY="-nostdlib -ffreestanding -fno-stack-protector -fno-tree-loop-distribute-patterns"

# compile COMPILER FOLDER OUTPUT SOURCE FLAGS...
compile() {
  compiler=$1 folder=$2 output=$3 source=$4
  shift 4
  (cd "$folder" && "$compiler" $STATIC $COMMON -ffile-prefix-map="$PWD"=. "$@" "$source" -o "$output.elf" $LIBRARIES)
  echo "$folder/$output.elf"
}

LIBRARIES=
STATIC="-static -fno-pie"
compile "$CC" hello hello-O0 hello.c -O0 -g
compile "$CC" hello hello-O2 hello.c -O2 -g
compile "$CC" recursion recursion recursion.c $TINY -O0 -g
compile "$CC" recursion recursion-O2 recursion.c $TINY -O2 -g
compile "$CC" structs structs-O0 structs.c $TINY -O0 -g -gdwarf-5
compile "$CC" structs structs-O2 structs.c $TINY -O2 -g -gdwarf-5
compile "$CC" structs structs-dwarf4 structs.c $TINY -O0 -g -gdwarf-4
compile "$CC" structs structs-compressed structs.c $TINY -O0 -g -gz=zlib
compile "$CC" structs structs-stripped structs.c $TINY -O1 -s
compile "$CC" crash crash crash.c $TINY -O0 -g
compile "$CC" bitmanip bitmanip bitmanip.c $TINY -march=rv64gc_zba_zbb_zbc_zbs -O2 -g
compile "$CC" half half half.c $TINY -march=rv64gc_zfh -O2 -g
# Debian's cross glibc lacks the start file of static-pie: this program relocates itself.
STATIC="-static-pie -fPIE -Wl,--no-dynamic-linker"
compile "$CC" pie pie pie.c $TINY -DTINY_RELOCATE -O0 -g
STATIC="-static -fno-pie"
compile "$CC" files files files.c -O1 -g
compile "$CC" signals signals signals.c -O1 -g
compile "$CC" echo echo echo.c -Os -g
# The compiler knows what malloc and free do, and leaves out what is of no use.
compile "$CC" heap heap heap.c -O0 -g -fno-builtin -Wno-use-after-free -Wno-infinite-recursion
LIBRARIES=-lm
compile "$CC" floats floats floats.c -O1 -g -frounding-math -fno-builtin
LIBRARIES=
compile "$CXX" cxx cxx cxx.cpp -O1 -g -std=c++17

# core and alloc come as source (rust-src) and are built for the guest beside the program.
if [ -x "$RUSTC" ] && [ -d "$RUST_SOURCE" ]; then
  crates=$(mktemp -d)
  rust() {
    RUSTC_BOOTSTRAP=1 "$RUSTC" --edition=2021 --target riscv64gc-unknown-linux-gnu -C panic=abort \
      --cap-lints allow -L "$crates" --remap-path-prefix "$RUST_SOURCE"=/rust "$@"
  }
  rust -C opt-level=s --crate-type rlib --crate-name core --out-dir "$crates" "$RUST_SOURCE/core/src/lib.rs"
  cat > "$crates/compiler_builtins.rs" <<'END'
#![feature(compiler_builtins, no_core)]
#![compiler_builtins]
#![no_std]
END
  rust -C opt-level=s --crate-type rlib --crate-name compiler_builtins --out-dir "$crates" "$crates/compiler_builtins.rs"
  rust -C opt-level=s --crate-type rlib --crate-name alloc --out-dir "$crates" "$RUST_SOURCE/alloc/src/lib.rs"
  (cd rust && rust -C opt-level=1 -C codegen-units=1 -g --remap-path-prefix "$PWD"=. --crate-type staticlib \
    --crate-name inventory -o "$crates/libinventory.a" inventory.rs)
  (cd rust && "$CC" $STATIC $COMMON -Wl,--gc-sections "$crates/libinventory.a" -o inventory.elf)
  rm -r "$crates"
  echo rust/inventory.elf
fi

# The benchmark's programs: optimised, stripped, each also buildable for the host.
CC=$CC CXX=$CXX node --import tsx bench/build.ts

{
  "$CC" --version | head -1
  "$CXX" --version | head -1
  "$CC" -Wl,--version 2>/dev/null | head -1
  if [ -x "$RUSTC" ]; then "$RUSTC" --version; fi
} > versions.txt
