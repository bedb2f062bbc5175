/* A stand-in for QEMU's bb, insn, mem and hotblocks plugins, by QEMU's public plugin interface (version 1), for tests of
   the benchmark on machines without QEMU's own: -DEVENT='b' (blocks), 'i' (instructions) or 'm' (accesses). With
   inline=on it counts inline, otherwise by a callback. Prints "events: N" when the guest ends. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint64_t plugin_id;
struct block;
struct instruction;

enum { NO_REGISTERS = 0 };
enum { READS_AND_WRITES = 3 };
enum { ADD = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct block *));
void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);
size_t qemu_plugin_tb_n_insns(const struct block *);
struct instruction *qemu_plugin_tb_get_insn(const struct block *, size_t);
void qemu_plugin_register_vcpu_tb_exec_cb(struct block *, void (*)(unsigned, void *), int, void *);
void qemu_plugin_register_vcpu_tb_exec_inline(struct block *, int, void *, uint64_t);
void qemu_plugin_register_vcpu_insn_exec_cb(struct instruction *, void (*)(unsigned, void *), int, void *);
void qemu_plugin_register_vcpu_insn_exec_inline(struct instruction *, int, void *, uint64_t);
void qemu_plugin_register_vcpu_mem_cb(struct instruction *, void (*)(unsigned, uint32_t, uint64_t, void *), int, int, void *);
void qemu_plugin_register_vcpu_mem_inline(struct instruction *, int, int, void *, uint64_t);
void qemu_plugin_outs(const char *);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static uint64_t events;
static int inlined;

static void executed(unsigned vcpu, void *data) { events++; }
static void accessed(unsigned vcpu, uint32_t info, uint64_t address, void *data) { events++; }

static void translated(plugin_id id, struct block *block) {
  size_t count = qemu_plugin_tb_n_insns(block);
  if (EVENT == 'b') {
    if (inlined) qemu_plugin_register_vcpu_tb_exec_inline(block, ADD, &events, 1);
    else qemu_plugin_register_vcpu_tb_exec_cb(block, executed, NO_REGISTERS, NULL);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    struct instruction *one = qemu_plugin_tb_get_insn(block, i);
    if (EVENT == 'i' && inlined) qemu_plugin_register_vcpu_insn_exec_inline(one, ADD, &events, 1);
    if (EVENT == 'i' && !inlined) qemu_plugin_register_vcpu_insn_exec_cb(one, executed, NO_REGISTERS, NULL);
    if (EVENT == 'm' && inlined) qemu_plugin_register_vcpu_mem_inline(one, READS_AND_WRITES, ADD, &events, 1);
    if (EVENT == 'm' && !inlined) qemu_plugin_register_vcpu_mem_cb(one, accessed, NO_REGISTERS, READS_AND_WRITES, NULL);
  }
}

static void ended(plugin_id id, void *data) {
  char text[40];
  snprintf(text, sizeof text, "events: %llu\n", (unsigned long long)events);
  qemu_plugin_outs(text);
}

__attribute__((visibility("default"))) int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
  for (int i = 0; i < argc; i++)
    if (strcmp(argv[i], "inline=on") == 0) inlined = 1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, ended, NULL);
  return 0;
}
