/**
 * Text as the page shows it. Everything that a message may contain is read here, once, into these few kinds; the page
 * makes one DOM node of each and never sees markup.
 */
export type Rich =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'quote'; readonly children: readonly Rich[] }
  | { readonly kind: 'code' | 'pre'; readonly text: string }
  /** Only ever http or https. */
  | { readonly kind: 'link'; readonly href: string; readonly text: string }
  | { readonly kind: 'mention' | 'broadcast'; readonly text: string }
  | { readonly kind: 'channel'; readonly id: string; readonly text: string }
  | { readonly kind: 'date'; readonly seconds: number; readonly format: string; readonly fallback: string }
  | { readonly kind: 'emoji'; readonly name: string; readonly glyph: string };

/** What ids are called. */
export type Names = {
  readonly user: (id: string) => string | undefined;
  readonly channel: (id: string) => string | undefined;
};

/** Slack's three entities, each once: `&amp;lt;` is the text `&lt;`. */
export const unescapeText = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt);/g, (_, name: string) => ENTITIES[name] ?? '');

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };

/** The address when a browser may be sent there, else null. */
export const webAddress = (text: string): string | null => {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url.href : null;
};
