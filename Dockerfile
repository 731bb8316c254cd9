# docker build -t lignum . && docker run -p 127.0.0.1:8080:8080 -p 127.0.0.1:9080:9080 \
#     -e LIGNUM_SECURITY_MODE=open -v lignum-data:/var/lib/lignum lignum
# All callers outside the container are on other hosts, which a node serves in mode open only. The
# image is protected unless the variable is set. Without "127.0.0.1:" the whole network could then
# read, write and delete.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN mvn -q -B -pl lignum-server -am -DskipTests package

FROM eclipse-temurin:17-jre
RUN useradd --system --uid 10001 --home-dir /var/lib/lignum --create-home lignum
COPY --from=build /src/lignum-server/target/lignum.jar /opt/lignum/lib/lignum.jar
COPY bin/lignum /opt/lignum/bin/lignum
# An archive of the classes, made by the JVM that runs the node, speeds up the start; optional.
RUN java -XX:ArchiveClassesAtExit=/opt/lignum/lib/lignum.jsa -Xlog:disable \
        -cp /opt/lignum/lib/lignum.jar io.lignum.server.ClassArchive || rm -f /opt/lignum/lib/lignum.jsa
COPY config.yml /etc/lignum/config.yml
USER lignum
# The data directory of config.yml is relative to this directory.
WORKDIR /var/lib/lignum
VOLUME /var/lib/lignum
EXPOSE 8080 9080
# The base image guarantees no HTTP client, so the check uses bash.
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["/opt/lignum/bin/lignum"]
CMD ["serve", "--config", "/etc/lignum/config.yml"]
