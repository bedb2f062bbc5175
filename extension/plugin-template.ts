export function newPluginSource(name: string): string {
  return name;
}
