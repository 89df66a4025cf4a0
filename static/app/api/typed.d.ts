/** Which answer belongs to which address: `get(`images/${id}/`)` is an Image, as annotator/openapi.yaml says. */
import type { Endpoints } from './schema.d.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** An address as the description spells it: without its query, `{}` for whatever stands in for an id. */
type Address<P extends string> = P extends `${infer Path}?${string}` ? Segments<Path> : Segments<P>;
type Segments<P extends string> = P extends `${infer Head}/${infer Tail}`
  ? `${Segment<Head>}/${Segments<Tail>}`
  : Segment<P>;
// biome-ignore lint/suspicious/noExplicitAny: `${any}` is how TypeScript spells "a string with something filled in".
type Segment<S extends string> = string extends S ? '{}' : `${any}` extends S ? '{}' : S;

type Operation<M extends Method, P extends string> =
  Address<P> extends infer A
    ? A extends keyof Endpoints
      ? M extends keyof Endpoints[A]
        ? Endpoints[A][M]
        : never
      : never
    : never;

/** What an address answers; unknown for one that is known only when the page runs (the next page of a list). */
export type Answer<M extends Method, P extends string> = string extends P
  ? unknown
  : Operation<M, P> extends { answer: infer T }
    ? T
    : never;
/** What an address takes. */
export type Body<M extends Method, P extends string> = string extends P
  ? unknown
  : Operation<M, P> extends { body: infer T }
    ? T
    : never;
/** Nothing more to say, unless nobody serves the address: then the call is an error of types. */
type Served<M extends Method, P extends string> = string extends P
  ? []
  : [Operation<M, P>] extends [never]
    ? [error: 'openapi.yaml has no such address']
    : [];

export interface SendOptions {
  /** Goes out although the page is being closed; at most 64 KB. */
  keepalive?: boolean;
}

export interface Client {
  get<P extends string>(path: P, ...served: Served<'get', P>): Promise<Answer<'get', P>>;
  post<P extends string>(path: P, body: Body<'post', P>): Promise<Answer<'post', P>>;
  put<P extends string>(path: P, body: Body<'put', P>): Promise<Answer<'put', P>>;
  patch<P extends string>(path: P, body: Body<'patch', P>, options?: SendOptions): Promise<Answer<'patch', P>>;
  del<P extends string>(path: P, ...served: Served<'delete', P>): Promise<Answer<'delete', P>>;
  onSignedOut(listener: (error: import('./errors.js').ApiError) => void): () => void;
}
