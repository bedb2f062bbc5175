/* Files and directories below the current directory: writes, reads, seeks, renames, lists, links, errors. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static void report(const char *what, long result) {
  if (result < 0)
    printf("%s: %s\n", what, strerrorname_np(errno));
  else
    printf("%s: %ld\n", what, result);
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path) {
  DIR *directory = opendir(path);
  if (!directory) {
    report(path, -1);
    return;
  }
  char *names[32];
  int count = 0;
  for (struct dirent *entry; (entry = readdir(directory)) && count < 32;) {
    char text[300];
    snprintf(text, sizeof text, "%s%s", entry->d_name, entry->d_type == DT_DIR ? "/" : "");
    names[count++] = strdup(text);
  }
  closedir(directory);
  qsort(names, count, sizeof *names, by_name);
  printf("%s:", path);
  for (int i = 0; i < count; i++) {
    printf(" %s", names[i]);
    free(names[i]);
  }
  printf("\n");
}

int main(int argc, char **argv) {
  FILE *given = fopen("given.txt", "r");
  char line[100];
  for (int number = 1; given && fgets(line, sizeof line, given); number++) printf("given %d: %s", number, line);
  if (given) fclose(given);
  if (argc > 1 && strcmp(argv[1], "read") == 0) {
    /* What a read-only root allows. */
    list(".");
    list("sub");
    report("inner", access("sub/inner.txt", R_OK));
    report("nothing", access("nothing", F_OK));
    return 0;
  }

  report("mkdir", mkdir("made", 0755));
  report("mkdir again", mkdir("made", 0755));
  FILE *out = fopen("made/out.txt", "w");
  if (!out) {
    report("fopen", -1);
    return 1;
  }
  for (int i = 0; i < 100; i++) fprintf(out, "line %d\n", i);
  fclose(out);

  struct stat status;
  report("stat", stat("made/out.txt", &status));
  printf("size %ld, %s, links %ld\n", (long)status.st_size, S_ISREG(status.st_mode) ? "regular" : "other",
         (long)status.st_nlink);

  int file = open("made/out.txt", O_RDWR | O_APPEND);
  report("append", write(file, "the end\n", 8));
  report("seek", lseek(file, -8, SEEK_END));
  char first[5] = "", second[5] = "";
  struct iovec parts[] = {{first, 4}, {second, 4}};
  report("readv", readv(file, parts, 2));
  printf("read back '%s' '%.3s'\n", first, second);
  report("pread", pread(file, first, 4, 7));
  printf("pread '%s'\n", first);
  report("truncate", ftruncate(file, 20));
  report("size", lseek(file, 0, SEEK_END));
  char *mapped = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
  printf("mapped '%.6s', after the end %d\n", mapped, mapped[20]);
  munmap(mapped, 4096);
  int copy = dup(file);
  close(file);
  report("read a copy at the end", read(copy, first, 4));
  close(copy);
  report("closed twice", close(copy));

  report("rename", rename("made/out.txt", "made/renamed.txt"));
  report("exclusive", open("made/renamed.txt", O_CREAT | O_EXCL | O_WRONLY, 0644));
  list("made");
  list(".");
  report("open nothing", open("nothing", O_RDONLY));
  report("open through a file", open("given.txt/more", O_RDONLY));
  report("open a directory to write", open("made", O_WRONLY));
  report("rmdir full", rmdir("made"));
  report("unlink", unlink("made/renamed.txt"));
  report("rmdir", rmdir("made"));
  report("chdir", chdir("sub"));
  report("access", access("inner.txt", R_OK));
  report("up and down", access("../sub/./inner.txt", R_OK));
  report("chdir back", chdir(".."));
  list("sub");
  report("bad pointer", open((char *)16, O_RDONLY));
  char *volatile nowhere = (char *)16;
  report("bad buffer", write(1, nowhere, 4));
  report("bad descriptor", write(77, "x", 1));
  int null = open("/dev/null", O_RDWR);
  report("null written", write(null, "gone", 4));
  report("null read", read(null, first, 4));
  return 0;
}
