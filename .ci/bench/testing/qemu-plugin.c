/* A stand-in for QEMU's bb, insn, mem, hotblocks, cache and execlog plugins, by QEMU's public plugin interface (version 1),
   for tests of the benchmark, and for comparisons, on machines without QEMU's own: -DEVENT='b' (blocks), 'i'
   (instructions) or 'm' (accesses), which are counted, inline with inline=on, otherwise by a callback; 'c' models an
   instruction and a data cache (16 KiB, 8 ways, 64 bytes, least recently used), 'x' logs every instruction with its
   accesses. It does no more than it must: QEMU's own take longer. Prints "events: N" when the guest ends. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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

char *qemu_plugin_insn_disas(const struct instruction *);
uint64_t qemu_plugin_insn_vaddr(const struct instruction *);
_Bool qemu_plugin_mem_is_store(uint32_t);

static uint64_t events;
static int inlined;

static void executed(unsigned vcpu, void *data) { events++; }
static void accessed(unsigned vcpu, uint32_t info, uint64_t address, void *data) { events++; }

enum { SETS = 32, WAYS = 8 };
struct cache { uint64_t line[SETS][WAYS], used[SETS][WAYS], clock; };
static struct cache data, code;
struct place { uint64_t pc, misses; char *text; };

static int is_in(struct cache *cache, uint64_t address) {
  uint64_t line = address >> 6;
  uint64_t *lines = cache->line[line % SETS], *used = cache->used[line % SETS];
  int oldest = 0;
  cache->clock++;
  for (int way = 0; way < WAYS; way++) {
    if (used[way] && lines[way] == line) return used[way] = cache->clock, 1;
    if (used[way] < used[oldest]) oldest = way;
  }
  lines[oldest] = line;
  used[oldest] = cache->clock;
  return 0;
}

static void fetched(unsigned vcpu, void *place) {
  events++;
  if (!is_in(&code, ((struct place *)place)->pc)) ((struct place *)place)->misses++;
}

static void looked_up(unsigned vcpu, uint32_t info, uint64_t address, void *place) {
  if (!is_in(&data, address)) ((struct place *)place)->misses++;
}

static char line[400];
static int length;

/* The line of the instruction before is complete when the next one begins. */
static void logged(unsigned vcpu, void *place) {
  events++;
  if (length) line[length++] = '\n', line[length] = 0, qemu_plugin_outs(line);
  length = snprintf(line, 300, "%u, 0x%llx, \"%s\"", vcpu, (unsigned long long)((struct place *)place)->pc,
                    ((struct place *)place)->text);
}

static void log_access(unsigned vcpu, uint32_t info, uint64_t address, void *place) {
  if (length < 360)
    length += snprintf(line + length, 40, ", %s, 0x%08llx", qemu_plugin_mem_is_store(info) ? "store" : "load",
                       (unsigned long long)address);
}

static void placed(struct instruction *one) {
  struct place *place = calloc(1, sizeof *place);
  place->pc = qemu_plugin_insn_vaddr(one);
  if (EVENT == 'x') place->text = qemu_plugin_insn_disas(one);
  qemu_plugin_register_vcpu_insn_exec_cb(one, EVENT == 'c' ? fetched : logged, NO_REGISTERS, place);
  qemu_plugin_register_vcpu_mem_cb(one, EVENT == 'c' ? looked_up : log_access, NO_REGISTERS, READS_AND_WRITES, place);
}

static void translated(plugin_id id, struct block *block) {
  size_t count = qemu_plugin_tb_n_insns(block);
  if (EVENT == 'b') {
    if (inlined) qemu_plugin_register_vcpu_tb_exec_inline(block, ADD, &events, 1);
    else qemu_plugin_register_vcpu_tb_exec_cb(block, executed, NO_REGISTERS, NULL);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    struct instruction *one = qemu_plugin_tb_get_insn(block, i);
    if (EVENT == 'c' || EVENT == 'x') placed(one);
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
