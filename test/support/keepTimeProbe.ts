// A process of its own, because what it asks for holds for all of its threads.
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker, isMainThread } from 'node:worker_threads';
import { keepTime, namePlannerThread } from '../../src/main/workers/priority';

/** Scheduling policy (0 ordinary, 2 SCHED_RR) and the cores of each planner thread, as the kernel has them. */
function planners(): { policy: number; cores: string }[] {
  const threads = readdirSync('/proc/self/task').map((id) => `/proc/self/task/${id}`);
  return threads
    .filter((thread) => readFileSync(`${thread}/comm`, 'utf8').trim() === 'planner')
    .map((thread) => ({
      policy: Number(readFileSync(`${thread}/stat`, 'utf8').split(') ')[1]!.split(' ')[38]),
      cores: /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`${thread}/status`, 'utf8'))![1]!,
    }));
}
/** Looks until it is so; the test's own limit of time is the limit. */
async function until(isSo: (all: ReturnType<typeof planners>) => boolean): Promise<ReturnType<typeof planners>> {
  for (;;) {
    const all = planners();
    if (isSo(all)) return all;
    await pause(20);
  }
}

if (!isMainThread) {
  namePlannerThread();
  setInterval(() => {}, 1000);
} else {
  const everywhere = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
  const isFavoured = ({ policy, cores }: { policy: number; cores: string }) => policy === 2 || cores !== everywhere;
  keepTime(true); // before there is any planner thread
  const workers = [new Worker(process.argv[1]!), new Worker(process.argv[1]!)];
  const strict = await until((all) => all.length === 2 && all.every(isFavoured));
  keepTime(false);
  const patient = await until((all) => all.length === 2 && !all.some(isFavoured));
  process.stdout.write(JSON.stringify({ strict, patient, everywhere }));
  await Promise.all(workers.map((worker) => worker.terminate()));
}
