/** What the Slack desk's script API gives (see docs/local.md). */
export type DeskMessage = {
  readonly ts: string;
  readonly channel: string;
  readonly text: string;
  readonly thread_ts?: string;
  readonly ephemeral_to?: string;
  readonly blocks?: readonly DeskBlock[];
  readonly files?: readonly { readonly id: string; readonly name: string; readonly size: number }[];
};
type DeskBlock = {
  readonly type: string;
  readonly elements?: readonly {
    readonly type: string;
    readonly action_id?: string;
    readonly value?: string;
  }[];
};
type View = { readonly id: string; readonly callback_id: string; readonly private_metadata: string };
type PagerDuty = {
  readonly alerts: readonly {
    readonly dedup_key: string;
    readonly status: string;
    readonly summary: string;
  }[];
};

/** What became of a press: the HTTP status that the product answered with. */
export type Pressed = {
  readonly ok: boolean;
  readonly status?: number;
  readonly error?: string;
  readonly errors?: unknown;
};

const asked = async <T>(url: string, body?: unknown): Promise<T> => {
  const answer = await fetch(
    url,
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
  );
  return (await answer.json()) as T;
};

/** Presses buttons at the Slack desk as a finger would. */
export const deskClient = (url: string) => ({
  messages: () => asked<readonly DeskMessage[]>(`${url}/api/messages`),
  file: async (id: string): Promise<Buffer> =>
    Buffer.from(await (await fetch(`${url}/files/${id}`)).arrayBuffer()),
  press: (ts: string, action: string, user: string) =>
    asked<Pressed>(`${url}/api/messages/${ts}/actions/${action}`, { user }),
  views: () => asked<readonly View[]>(`${url}/api/views`),
  submit: (id: string, user: string, values: unknown) =>
    asked<Pressed>(`${url}/api/views/${id}/submit`, { user, values }),
  pagerDuty: () => asked<PagerDuty>(`${url}/api/pagerduty`),
});

/** Names of the buttons on a message. */
export const buttonsOf = (message: DeskMessage): readonly string[] =>
  (message.blocks ?? []).flatMap(({ type, elements }) =>
    type === 'actions'
      ? (elements ?? []).flatMap(({ action_id }) => (action_id === undefined ? [] : [action_id]))
      : [],
  );
