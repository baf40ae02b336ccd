/** Numbers of the cores in a list as the Linux kernel writes it, ascending: `0-2,5` → 0, 1, 2, 5; empty where it is not one. */
export function coresIn(list: string): number[] {
  const cores: number[] = [];
  for (const part of list.split(',')) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (range === null) return [];
    for (let core = Number(range[1]); core <= Number(range[2] ?? range[1]); core++) cores.push(core);
  }
  return cores;
}
