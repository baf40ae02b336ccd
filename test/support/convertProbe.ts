// A process of its own that converts one file and says what it took: the peak of its memory is that of the conversion alone.
import { convertFile } from '../../src/main/storage/convert/convertFile';

const [from, to] = process.argv.slice(2) as [string, string];
const idle = process.memoryUsage.rss();
const began = performance.now();
const done = await convertFile({ from, to, library: 'probe' });
const seconds = (performance.now() - began) / 1000;
// maxRSS counts in kB
console.log(JSON.stringify({ done, seconds, idleMegabytes: idle / 1e6, peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6 }));
