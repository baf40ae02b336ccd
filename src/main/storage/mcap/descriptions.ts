import { FileRefused } from '../../../shared/recordings/refusal';
import type { McapMetadata, McapTopic } from './chunkWriter';
import { mcapLimits } from './limits';
import type { ChannelRecord, MetadataRecord, SchemaRecord } from './records';

/** A topic of a file, with the number by which its messages name it. */
export interface McapFileTopic extends McapTopic {
  readonly channel: number;
}
/** What vouches for a record: a checksum that is right, or nothing. */
export type Trust = 'checked' | 'bare';

interface Described<T> {
  readonly record: T;
  trust: Trust;
}

/** The schemas, channels and metadata that a file has shown. What a checksum covers wins over what none does. */
export class Descriptions {
  readonly metadata: McapMetadata[] = [];
  private readonly schemas = new Map<number, Described<SchemaRecord>>();
  private readonly channels = new Map<number, Described<ChannelRecord>>();
  private readonly used = new Set<number>();
  private bytes = 0;

  constructor(private readonly path: string) {}

  schema(record: SchemaRecord, trust: Trust, at: number): void {
    if (this.schemas.get(record.id)?.trust === 'checked' && trust === 'bare') return;
    if (!this.schemas.has(record.id)) this.grow(record.data.length, at);
    this.schemas.set(record.id, { record, trust });
    if (this.schemas.size > mcapLimits.schemas) this.refuse(at, `there are more than ${mcapLimits.schemas} schemas`);
  }
  channel(record: ChannelRecord, trust: Trust, at: number): void {
    if (this.channels.get(record.id)?.trust === 'checked' && trust === 'bare') return;
    if (!this.channels.has(record.id)) this.grow(record.topic.length, at);
    this.channels.set(record.id, { record, trust });
    if (this.channels.size > mcapLimits.channels) this.refuse(at, `there are more than ${mcapLimits.channels} channels`);
  }
  metadatum(record: MetadataRecord, bytes: number, at: number): void {
    this.grow(bytes, at);
    this.metadata.push(record);
    if (this.metadata.length > mcapLimits.metadata) this.refuse(at, `there are more than ${mcapLimits.metadata} metadata records`);
  }

  /** The channel of a message. */
  channelOf(id: number): ChannelRecord | undefined {
    const found = this.channels.get(id);
    if (found !== undefined) this.used.add(id);
    return found?.record;
  }

  /** A schema by its number. */
  schemaOf(id: number): SchemaRecord | undefined {
    return this.schemas.get(id)?.record;
  }

  /** The head's own checksum is right, or wrong: then a topic that only the head names may bear any name. */
  judgeHead(isRight: boolean): void {
    for (const all of [this.schemas, this.channels])
      for (const [id, described] of all as Map<number, Described<unknown>>) {
        if (described.trust === 'checked') continue;
        if (isRight) described.trust = 'checked';
        else all.delete(id);
      }
  }

  /** By number of their channel. What only a damaged place seems to name, and no message uses, is none. */
  get topics(): McapFileTopic[] {
    const all = [...this.channels.values()];
    const someChecked = all.some(({ trust }) => trust === 'checked');
    return all
      .filter(({ trust, record }) => !someChecked || trust === 'checked' || this.used.has(record.id))
      .map(({ record }) => {
        const schema = this.schemas.get(record.schemaId)?.record;
        return { channel: record.id, topic: record.topic, schema: schema?.name ?? '', jsonSchema: jsonSchemaOf(schema) };
      })
      .sort((a, b) => a.channel - b.channel);
  }

  private grow(bytes: number, at: number): void {
    this.bytes += bytes;
    if (this.bytes > mcapLimits.descriptions) this.refuse(at, 'schemas and metadata take more than 64 MB');
  }

  private refuse(at: number, what: string): never {
    throw new FileRefused(this.path, 'limit', `byte ${at}: ${what}`, 'Split the file, or write it with fewer.');
  }
}

/** An object, empty where the schema says none. */
function jsonSchemaOf(schema: SchemaRecord | undefined): object {
  if (schema?.encoding !== 'jsonschema') return {};
  try {
    const value: unknown = JSON.parse(schema.data.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
