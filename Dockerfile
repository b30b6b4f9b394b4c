# The image holds one static binary and nothing else: no shell, no package to keep up to date.

FROM node:20-bookworm-slim AS web
WORKDIR /src/webclient
COPY webclient/package.json webclient/package-lock.json webclient/.npmrc ./
RUN npm ci
COPY webclient ./
RUN npm run build

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/webclient/dist webclient/dist
# Static, and with the world's time zones inside: the empty image has neither libc nor zoneinfo.
RUN CGO_ENABLED=0 go build -trimpath -tags timetzdata -o /out/callstamp ./cmd/callstamp
# A new named volume takes owner and mode from the folder it is mounted on.
RUN mkdir -p /out/data/journal /out/data/recordings /out/tmp && chmod 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /out/data /var/lib/callstamp
COPY --from=build /out/tmp /tmp
COPY --from=build /out/callstamp /callstamp
# A number, since there is no /etc/passwd; no port below 1024 is needed.
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["/callstamp", "healthcheck"]
ENTRYPOINT ["/callstamp"]
CMD ["serve"]
