"""Which fields of a post are asked for. Threads answers only `id` unless told more, and refuses the whole call for one
field it does not know or the token may not see; so there is a careful list and a complete one.

Source: https://developers.facebook.com/docs/threads/retrieve-and-discover-posts/retrieve-posts
"""

from collections.abc import Iterable

Fields = str | Iterable[str]  # "id,text" or ("id", "text")

# Documented for every kind of list, and readable with `threads_basic` alone.
FIELDS = (
    "id,media_product_type,media_type,media_url,thumbnail_url,permalink,shortcode,username,text,timestamp,"
    "children{id,media_type,media_url,alt_text},is_quote_post,quoted_post,reposted_post,alt_text,link_attachment_url,"
    "topic_tag,has_replies,is_reply,replied_to,root_post,reply_audience"
)
# Of answers to a post, which are anybody's.
REPLY_FIELDS = f"{FIELDS},is_reply_owned_by_me"
# Which members come back for a bare `poll_attachment` is not documented, so they are named.
POLL = (
    "poll_attachment{option_a,option_b,option_c,option_d,option_a_votes_percentage,option_b_votes_percentage,"
    "option_c_votes_percentage,option_d_votes_percentage,total_votes,expiration_timestamp}"
)
# Everything of posts and replies that needs no further scope; `owner` is not for search and other people's posts.
ALL_FIELDS = (
    f"{FIELDS},owner,gif_url,is_verified,profile_picture_url,{POLL},is_spoiler_media,text_entities,text_attachment,"
    "ghost_post_status,ghost_post_expiration_timestamp,location_id,allowlisted_country_codes,is_reply_owned_by_me,"
    "hide_status"
)
# Needs `threads_location_tagging`.
LOCATION = "location{id,name,address,city,country,latitude,longitude,postal_code}"
# Of replies that wait for approval only.
PENDING_FIELDS = f"{FIELDS},reply_approval_status"
PROFILE_FIELDS = "id,username,name,threads_profile_picture_url,threads_biography,is_verified"
# The rest of a profile: the first needs `threads_keyword_search`.
ALL_PROFILE_FIELDS = f"{PROFILE_FIELDS},recently_searched_keywords,is_eligible_for_geo_gating"
LOCATION_FIELDS = "id,address,name,city,country,latitude,longitude,postal_code"


def spelled(fields: Fields) -> str:
    return fields if isinstance(fields, str) else ",".join(fields)
