.PHONY: build test
build:
	mvn -q -DskipTests verify
test:
	mvn verify
