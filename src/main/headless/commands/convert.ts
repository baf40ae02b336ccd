import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { convertFile } from '../../storage/convert/convertFile';
import { kindOf, tableKinds } from '../../storage/convert/kinds';
import { listOf, TopicsRefused } from '../../storage/convert/readTable';
import { WritingFailed } from '../../storage/mcap/partFile';
import { defineCommand, type Call } from '../command';
import { text } from '../flags';
import { didYouMean } from '../nearest';
import { Cancelled, LackingError, UsageError } from '../refusals';

const flags = {
  topics: text({
    placeholder: 'NAME[,NAME]',
    otherwise: 'the only one or the one with most messages for a table, all for .mcap',
    meaning: 'Topics of IN (.mcap) to take; a table takes one.',
  }),
};

export const convertCommand = defineCommand({
  name: 'convert',
  purpose: 'Writes a recording or a table in another form (.csv, .parquet, .mcap), and says what that loses.',
  arguments: [
    {
      name: 'IN',
      meaning: 'A recording (.mcap, of ours, with JSON messages or with joint states of ROS 2) or a table (.csv, .parquet).',
      least: 1,
      most: 1,
    },
    { name: 'OUT', meaning: 'The file to write; its ending (.csv, .parquet, .mcap) says the form.', least: 1, most: 1 },
  ],
  flags,
  example: 'upright convert recordings/pendulum.mcap pendulum.csv',
  notes: [
    'Of an episode of ours a row is a control period: time, the estimates under the ids of their channels, and action, the one that acted from this row on, so that upright fit reads the CSV or Parquet without a mapping. Of any other topic a row is a message, its fields as group.field and list.0, and logTime is the time of the log in s. Joints (sensor_msgs/msg/JointState of ROS 2, foxglove.JointStates) become position.NAME, velocity.NAME and effort.NAME.',
    'Numbers keep every bit, NaN, infinities and signed zeros too. A column of a CSV file holds numbers when every field of it that is not empty is one; an empty field is a missing value. A table becomes one topic /table, with the time of the log from its column time or logTime, else from the number of the row.',
    'Every loss is a sentence. A file that is there is not written over, and what fails leaves nothing behind.',
  ],
  async run(call) {
    const { world } = call;
    const [from, to] = call.arguments as [string, string];
    const ending = extname(to).toLowerCase();
    if (!tableKinds.some((kind) => ending === `.${kind}`))
      throw new UsageError(
        'value',
        `${to} is none of ${tableKinds.map((kind) => `.${kind}`).join(', ')}.`,
        'Name a file with one of these endings.',
      );
    if (kindOf(from) === undefined)
      throw new UsageError('value', `${from} is no recording (.mcap) and no table (.csv, .parquet).`, 'Name one, or give it its ending.');
    const topics = topicsOf(call, from);
    if (existsSync(to)) throw new UsageError('value', `${to} is there already.`, 'Name another file, or delete it.');
    try {
      const done = await convertFile({
        from,
        to,
        topics,
        library: `upright ${world.version}`,
        signal: world.signal,
        onProgress: (step) => world.progress.report(step),
        onNote: ({ code, text: said }) =>
          world.warn({ code, text: code === 'topicAssumed' ? `${said} Say --topics NAME.` : said, file: from }),
      });
      const { losses } = done;
      const [counts, what] =
        done.kind === 'table'
          ? [{ rows: done.rows, columns: done.columns }, `${done.rows} rows`]
          : [{ rows: done.messages, columns: null, topics: done.topics }, `${done.messages} messages`];
      return {
        exit: 0,
        document: { from, to, ...counts, lossless: losses.length === 0, losses },
        text: [`${to}: ${what}.`, ...losses].join('\n'),
      };
    } catch (error) {
      if (world.signal.aborted) throw new Cancelled();
      if (error instanceof WritingFailed) throw new LackingError('storage', `${error.path}: ${error.what}.`, error.remedy);
      if (error instanceof TopicsRefused) throw inWordsOfFlags(error);
      throw error;
    }
  },
});

function inWordsOfFlags({ why, named, known, message }: TopicsRefused): UsageError {
  if (why === 'unknown') return new UsageError('unknownId', message, didYouMean(named[0]!, known.slice(0, 40)));
  return new UsageError(
    'value',
    `A table has one kind of row, and --topics names ${named.length} (${listOf(named)}).`,
    'Name one topic, or write .mcap.',
  );
}

/** What `--topics` names; whether they are there is judged where the file is read. */
function topicsOf({ flags: { topics } }: Call<typeof flags>, from: string): readonly string[] | undefined {
  if (topics === undefined) return undefined;
  if (kindOf(from) !== 'mcap')
    throw new UsageError('value', `--topics is for recordings (.mcap); ${from} is a table.`, 'Leave --topics out.');
  const names = topics.split(',').map((name) => name.trim());
  const wrong = names.find((name, i) => name === '' || names.indexOf(name) !== i);
  if (wrong !== undefined) throw new UsageError('value', `--topics ${listOf(names)} names a topic twice, or none.`, 'Name each once.');
  return names;
}
