/** Who holds the controls: one client at a time, known by a lease that dies when the client stops answering. */
export class Controls {
  private holder: { readonly client: object; readonly lease: string } | undefined;

  constructor(private readonly makeLease: () => string) {}

  get isHeld(): boolean {
    return this.holder !== undefined;
  }
  isHolder(client: object): boolean {
    return this.holder?.client === client;
  }
  /** @returns the lease, or undefined when another client holds the controls and `take` is not set */
  ask(client: object, take: boolean): string | undefined {
    if (this.holder !== undefined && this.holder.client !== client && !take) return undefined;
    if (this.holder?.client === client) return this.holder.lease;
    this.holder = { client, lease: this.makeLease() };
    return this.holder.lease;
  }
  /** @throws Error unless this very client holds exactly this lease */
  check(client: object, lease: string): void {
    if (this.holder === undefined) throw new Error('Nobody holds the controls: take them first.');
    if (this.holder.client !== client) throw new Error('Another client holds the controls. Take them over to command; Stop needs none.');
    if (this.holder.lease !== lease) throw new Error('This lease is no longer valid: take the controls again.');
  }
  /** @returns whether this client held them */
  drop(client: object): boolean {
    if (this.holder?.client !== client) return false;
    this.holder = undefined;
    return true;
  }
}
