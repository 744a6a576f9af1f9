import type { Announcement, Channel, Delivery } from './channel';

/** No channel could deliver: nobody knows. The playbook retries; the step's error alarm is the last resort. */
export class NobodyToldError extends Error {
  override readonly name = 'NobodyToldError';
  constructor(
    message: string,
    readonly report: Report,
  ) {
    super(message);
  }
}

export type Report = {
  readonly delivered: readonly string[];
  readonly failed: readonly { readonly channel: string; readonly why: string }[];
  readonly slack?: Delivery['slack'];
};

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Tells every channel; one that fails stops no other. Throws {@link NobodyToldError} when all that were meant failed. */
export const announce = async (announcement: Announcement, channels: readonly Channel[]): Promise<Report> => {
  const results = await Promise.allSettled(channels.map(async (channel) => channel.deliver(announcement)));
  const delivered: string[] = [];
  const failed: { channel: string; why: string }[] = [];
  let reached = 0;
  let slack: Delivery['slack'];
  results.forEach((result, index) => {
    const channel = channels[index]?.id ?? '';
    if (result.status === 'rejected') failed.push({ channel, why: explain(result.reason) });
    else if (result.value.outcome === 'delivered') {
      delivered.push(channel);
      if (channels[index]?.recordsOnly !== true) reached += 1;
    }
    if (result.status === 'fulfilled' && result.value.slack !== undefined) slack = result.value.slack;
  });
  const isUnheard = failed.some(({ channel }) =>
    channels.some(({ id, recordsOnly }) => id === channel && recordsOnly !== true),
  );
  const report: Report = { delivered, failed, ...(slack === undefined ? {} : { slack }) };
  if (reached === 0 && isUnheard) {
    throw new NobodyToldError(
      `nobody was told about ${announcement.incident.id} (${announcement.about}): ${failed.map(({ channel, why }) => `${channel}: ${why}`).join('; ')}`,
      report,
    );
  }
  return report;
};
