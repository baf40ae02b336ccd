/** What a worker of a browser has around it and Node's types do not know. */
export interface WebPort {
  postMessage(message: unknown): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
}
interface WebScope extends WebPort {
  readonly Worker: new (address: string, options: { readonly type: 'module' }) => WebPort & { terminate(): void };
}
export const scope = globalThis as unknown as WebScope;
