import type { IncomingHttpHeaders } from 'node:http';
import { RequestRefused } from '../errors';
import type { Answer } from './answer';

/** A request whose body has been read. */
export type Asked = {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The same as text. */
  readonly rawBody: string;
};

/** What stood in the path where the route has a `:name`. */
export type Params = (name: string) => string;

export type Route<State> = {
  readonly method: string;
  /** Segments that begin with a colon stand for any one segment. */
  readonly path: string;
  readonly handle: (state: State, asked: Asked, params: Params) => Answer | Promise<Answer>;
};

export type Found<State> =
  | { readonly route: Route<State>; readonly params: Params }
  | { readonly route: null; readonly status: 404 | 405 };

/** The first route that fits, or why none does. */
export const findRoute = <State>(routes: readonly Route<State>[], asked: Asked): Found<State> => {
  const segments = asked.url.pathname.split('/');
  const fitting = routes.filter(({ path }) => fits(path.split('/'), segments));
  const route = fitting.find(({ method }) => method === asked.method);
  if (route !== undefined) return { route, params: paramsOf(route.path.split('/'), segments) };
  return { route: null, status: fitting.length === 0 ? 404 : 405 };
};

const fits = (pattern: readonly string[], segments: readonly string[]): boolean =>
  pattern.length === segments.length &&
  pattern.every((part, index) => part.startsWith(':') || part === segments[index]);

const paramsOf =
  (pattern: readonly string[], segments: readonly string[]): Params =>
  (name) =>
    decode(segments[pattern.indexOf(`:${name}`)] ?? '');

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new RequestRefused(400, 'the path is not properly percent-encoded', { cause });
  }
};
