/* The least that reading post files can cost: libyaml, in C, parses every post file of a folder and keeps nothing.
 *
 * cc -O2 -o floor floor.c -lyaml && ./floor FOLDER
 */

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

static int parsed(const char *path)
{
    FILE *file = fopen(path, "rb");
    yaml_parser_t parser;
    yaml_event_t event;
    int more = 1, sound = 1;

    if (file == NULL || !yaml_parser_initialize(&parser))
        return 0;
    yaml_parser_set_input_file(&parser, file);
    while (more && (sound = yaml_parser_parse(&parser, &event))) {
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    fclose(file);
    return sound;
}

int main(int count, char **words)
{
    DIR *folder = count == 2 ? opendir(words[1]) : NULL;
    struct dirent *entry;
    char path[4096], *ending;

    if (folder == NULL) {
        fprintf(stderr, "usage: floor FOLDER\n");
        return 2;
    }
    while ((entry = readdir(folder)) != NULL) {
        if ((ending = strrchr(entry->d_name, '.')) == NULL || strcmp(ending, ".yaml") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", words[1], entry->d_name);
        if (!parsed(path)) {
            fprintf(stderr, "%s: no YAML\n", path);
            return 1;
        }
    }
    closedir(folder);
    return 0;
}
