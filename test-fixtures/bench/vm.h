/* A small machine of registers, its programs, and what both interpreters of it share. */
#include "bench.h"

enum operation { LOAD, MOVE, ADD, SUBTRACT, MULTIPLY, AND, XOR, SHIFT, GET, PUT, LESS, JUMP, JUMP_IF, CALL, RETURN, HALT };

struct instruction {
  u8 operation, a, b, c;
  i32 value;
};

/* Counts primes by trial, fills the memory from a subroutine's linear congruence, and sorts it. */
static const struct instruction program[] = {
    /* 0 */ {LOAD, 1, 0, 0, 3},     {LOAD, 15, 0, 0, 1},    {LOAD, 14, 0, 0, 0},
    /* 3, candidate */ {LOAD, 2, 0, 0, 2},
    /* 4, divisor */ {MULTIPLY, 3, 2, 2, 0}, {LESS, 4, 1, 3, 0}, {JUMP_IF, 4, 0, 0, 38},
    /* 7 */ {MOVE, 5, 1, 0, 0},     {LESS, 4, 5, 2, 0},     {JUMP_IF, 4, 0, 0, 12}, {SUBTRACT, 5, 5, 2, 0},
    /* 11 */ {JUMP, 0, 0, 0, 8},    {JUMP_IF, 5, 0, 0, 14}, {JUMP, 0, 0, 0, 16},
    /* 14 */ {ADD, 2, 2, 15, 0},    {JUMP, 0, 0, 0, 4},
    /* 16 */ {ADD, 1, 1, 15, 0},    {LOAD, 6, 0, 0, 400},   {LESS, 4, 1, 6, 0},     {JUMP_IF, 4, 0, 0, 3},
    /* 20 */ {LOAD, 7, 0, 0, 0},
    /* 21, fill */ {CALL, 0, 0, 0, 40}, {PUT, 7, 8, 0, 0},  {ADD, 7, 7, 15, 0},     {LOAD, 6, 0, 0, 64},
    /* 25 */ {LESS, 4, 7, 6, 0},    {JUMP_IF, 4, 0, 0, 21}, {LOAD, 7, 0, 0, 63},
    /* 28, bubble */ {LOAD, 9, 0, 0, 0},
    /* 29 */ {ADD, 10, 9, 15, 0},   {GET, 11, 9, 0, 0},     {GET, 12, 10, 0, 0},    {LESS, 4, 12, 11, 0},
    /* 33 */ {JUMP_IF, 4, 0, 0, 45}, {MOVE, 9, 10, 0, 0},   {LESS, 4, 9, 7, 0},     {JUMP_IF, 4, 0, 0, 29},
    /* 37 */ {JUMP, 0, 0, 0, 48},
    /* 38, prime */ {ADD, 14, 14, 15, 0}, {JUMP, 0, 0, 0, 16},
    /* 40, subroutine */ {LOAD, 13, 0, 0, 1103515245}, {MULTIPLY, 8, 8, 13, 0}, {ADD, 8, 8, 14, 0}, {XOR, 8, 8, 9, 0},
    /* 44 */ {RETURN, 0, 0, 0, 0},
    /* 45, exchange */ {PUT, 9, 12, 0, 0}, {PUT, 10, 11, 0, 0}, {JUMP, 0, 0, 0, 34},
    /* 48 */ {SUBTRACT, 7, 7, 15, 0}, {JUMP_IF, 7, 0, 0, 28},
    /* 50 */ {GET, 0, 7, 0, 0},     {AND, 0, 0, 1, 0},      {SHIFT, 0, 0, 0, 1},    {HALT, 0, 0, 0, 0},
};

static i32 registers[16], memory[64];
static u32 stack[16];
