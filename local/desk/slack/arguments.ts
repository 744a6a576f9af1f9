import type { Asked } from '../http/router';
import { isJson, type Json, parseJson } from '../json';

/** A call's arguments, or Slack's error code for a body that it cannot read. */
export const argumentsOf = ({ method, url, headers, rawBody }: Asked): Json | string => {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (method === 'GET') return Object.fromEntries(url.searchParams);
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(rawBody));
  if (type === 'application/json') {
    const value = rawBody === '' ? {} : parseJson(rawBody);
    if (value === undefined) return 'invalid_json';
    return isJson(value) ? value : 'json_not_object';
  }
  if (rawBody === '') return {};
  return type === '' ? 'missing_post_type' : 'invalid_post_type';
};

/** An argument that is JSON in itself: a string of it in a form, the value itself in a JSON body. */
export const structured = (value: unknown): unknown => (typeof value === 'string' ? parseJson(value) : value);

export const isTrue = (value: unknown): boolean => value === true || value === 'true' || value === '1';
