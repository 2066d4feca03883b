# Peyk without PostgreSQL: set DATABASE_URL, as compose.yaml does. Inside a
# container nothing starts a database of its own.

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w' -o /out/usr/local/bin/peyk . \
 && mkdir -p /out/etc/ssl/certs /out/var/lib/peyk \
 && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ \
 && echo 'peyk:x:10001:10001:Peyk:/var/lib/peyk:/sbin/nologin' > /out/etc/passwd \
 && echo 'peyk:x:10001:' > /out/etc/group \
 && chown -R 10001:10001 /out/var/lib/peyk

# Nothing but the program, the certificates and its user. Time zones are in the
# program.
FROM scratch
COPY --from=build /out/etc /etc
COPY --from=build /out/usr /usr
COPY --from=build --chown=10001:10001 /out/var/lib/peyk /var/lib/peyk
ENV DATA_DIR=/var/lib/peyk LISTEN_ADDR=0.0.0.0:8080
USER peyk
VOLUME /var/lib/peyk
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["/usr/local/bin/peyk", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/peyk"]
CMD ["serve"]
